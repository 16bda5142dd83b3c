import type { GapVerdict, NormFigure } from '../../../src-main/shared/inspection.ts';
import { formatCount } from '../../ui/numbers.ts';

const images = (count: number) => (count === 1 ? '1 image' : `${formatCount(count)} images`);

/** The Batch norm tab of Inspect, and what Evaluate says of running statistics. */
export const batchNorm = {
  intro: (count: number) => `Measured on a fixed batch of ${formatCount(count)} training images:`,
  measuredOn: (count: number) => `Measured on a fixed batch of ${formatCount(count)} training images.`,
  measuredAlone: 'Measured on one image alone, as the training images are gone.',
  alone: 'Measured on this image alone, as the training images are gone:',
  measuring: 'Measuring the fixed batch in both modes',
  measured: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)} passes of an image`,
  stoppedMeasuring: 'Stopped: nothing was measured.',
  measure: 'Measure it',
  more: (count: number) => `and ${formatCount(count)} more`,
  table: (layer: string) => `Statistics of ${layer}, one row a channel`,
  channel: 'Channel',
  columns: {
    batchMean: 'Batch mean',
    batchVariance: 'Batch variance',
    runningMean: 'Running mean',
    runningVariance: 'Running variance',
    gamma: 'Gamma',
    beta: 'Beta',
    gap: 'Gap',
  },
  notes: {
    gamma: 'Learned scale',
    beta: 'Learned shift',
    gap: 'Difference of the normalised values between batch and running statistics, in standard deviations',
  },
  chooseChannel: (channel: number) => `Look into channel ${channel}`,

  verdictTitle: 'Batch against running statistics',
  verdicts: {
    close: 'In this layer batch and running statistics agree.',
    apart: 'In this layer batch and running statistics differ, but few images change their class.',
    hurts: 'The running statistics lag behind, and it hurts: inference is not what training was.',
    broken: 'Statistics of this layer are not numbers: the weights are broken. Measuring anew does not mend that.',
  } satisfies Record<GapVerdict, string>,
  gap: (gap: string) => `Normalised values differ by ${gap} standard deviations (root mean square over all channels).`,
  changed: (changed: number, of: number) =>
    `Over the whole network, inference mode gives ${formatCount(changed)} of ${images(of)} another class than training mode.`,
  untrained: 'These are the weights that training begins with: no running statistics have been gathered yet.',
  recalibrate: 'Recalibrate',
  recalibrateHint: 'Measures mean and variance anew over all training images. The weights stay as they are.',
  recalibrating: 'Measuring over the training images',
  progress: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)}`,
  stop: 'Stop',
  undo: 'Take back',
  done: (count: number) => `Recalibrated over ${images(count)} of training. Accuracy on them:`,
  scores: (before: string, after: string, batch: string) =>
    `${before} before, ${after} now; ${batch} with each batch's own statistics, as in training.`,

  formula: (channel: number) => `What it does to channel ${channel}`,
  formulaRule: 'y = γ (x − μ) / √(σ² + ε) + β',
  formulaIn: { training: 'In training mode', inference: 'In inference mode' },
  formulaOf: (n: { gamma: string; mean: string; variance: string; epsilon: string; beta: string }) =>
    `y = ${n.gamma} · (x − ${n.mean}) / √(${n.variance} + ${n.epsilon}) + ${n.beta}`,
  formulaLine: (scale: string, shift: string) => `= ${scale} x + ${shift}`,
  bracket: (number: string) => `(${number})`,

  histograms: (channel: number) => `Values of channel ${channel}, in training mode`,
  before: 'Entering the layer',
  normalised: 'Normalised by the batch',
  after: 'After gamma and beta',
  values: 'values',

  modes: (channel: number) => `Channel ${channel} in both modes, on the same batch`,
  modesNote: 'The layers before work in the same mode, so that what enters this one differs too.',
  training: 'Training mode: normalised by the batch',
  inference: 'Inference mode: normalised by the running statistics',
  firstImage: (path: string) => `Maps of the batch's first image, ${path}`,
  map: { training: 'Training mode', inference: 'Inference mode', difference: 'Inference − training' },
  mapLabel: (what: string, channel: number) => `${what}, channel ${channel}`,
  mapScale: 'One scale for both modes',
  differenceScale: 'Scale of the difference',

  drift: 'Over the steps of training',
  noDrift: 'Nothing was recorded: the run began before this was kept, its images were gone, or it is not trained.',
  driftNote: (images: number) =>
    `Measured on ${images === 1 ? 'one image' : `${formatCount(images)} images`} of the fixed batch while it trained.`,
  driftOf: 'Figure',
  driftFigures: {
    mean: 'Mean',
    variance: 'Variance',
    gamma: 'Gamma',
    beta: 'Beta',
  },
  curves: {
    batchMean: 'batch',
    batchVariance: 'batch',
    movingMean: 'running',
    movingVariance: 'running',
    gamma: 'gamma',
    beta: 'beta',
  } satisfies Record<NormFigure, string>,
  driftChart: (figure: string, channel: number) => `${figure} of channel ${channel}`,
  stepAxis: 'Step',
  stepAt: (step: string) => `Step ${step}`,
  driftSummary: (title: string, parts: string) => `${title} over the steps of training. ${parts}`,
  driftPart: (label: string, first: string, last: string) => `${label}: from ${first} to ${last}`,
  heatMap: (figure: string) => `${figure} of every channel (down) at every recorded step (to the right)`,
  heatMapCell: (channel: number, step: string, value: string) => `Channel ${channel}, step ${step}: ${value}`,
  heatMapHint: 'Point at a cell for its value; a click chooses its channel.',
  heatMapScale: 'Colour scale of the heat map',

  lagging: (changed: number, of: number, layer: string) =>
    `In inference mode ${formatCount(changed)} of ${images(of)} it learnt from get another class than in training mode: ` +
    `the running statistics of batch norm lag behind, most in ${layer}.`,
  lookInto: 'Look into it',
};
