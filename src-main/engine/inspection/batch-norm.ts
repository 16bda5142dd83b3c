import { ReceptiveError } from '../../shared/errors.ts';
import { normFigures } from '../../shared/inspection.ts';
import type { BatchNormReport, Histogram, NormCheck, NormFigure } from '../../shared/inspection.ts';
import { describeNetwork, inputsOf } from '../../shared/network/index.ts';
import type { LayerOf, Network } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import type { Watch } from './attribution.ts';
import { outputOf } from './maps.ts';
import { normHistograms, through } from './norm-histograms.ts';
import type { Line } from './norm-histograms.ts';
import type { UseModel } from './use-model.ts';

/** The images whose statistics are shown: uint8 [batch, height, width, channels], and where they came from. */
export interface NamedBatch {
  pixels: Uint8Array;
  paths: string[];
}

/** What a BN layer sees and does with `batch`, in training mode and in inference mode. Changes no weight. */
export function batchNormReport(model: Model, network: Network, batch: NamedBatch, layer: string): BatchNormReport {
  mustBeNorm(network, layer);
  return reportOf(seenBy(model, network, batch, [layer]), network, batch, layer);
}

/**
 * The same pass by pass: others get their turn in between, and there it can be stopped. Progress is in images, each of which
 * counts once a mode.
 * @throws ReceptiveError `interrupted`; `usage` for a layer that is no batchNorm
 */
export async function measureBatchNorm(
  use: UseModel,
  batch: NamedBatch,
  layer: string,
  { signal, progress }: Watch,
): Promise<BatchNormReport> {
  const network = await use((_, network) => network);
  mustBeNorm(network, layer);
  const { passes, seen } = passesOver(network, batch, [layer]);
  let done = 0;
  progress(done, 2 * batch.paths.length);
  for (const { images, pass } of passes) {
    throwIfInterrupted(signal);
    await use(pass);
    progress((done += images), 2 * batch.paths.length);
  }
  throwIfInterrupted(signal);
  return reportOf(seen, network, batch, layer);
}

function mustBeNorm(network: Network, layer: string): void {
  const spec = network.layers.find(({ name }) => name === layer);
  if (spec?.kind === 'batchNorm') return;
  const found = spec ? `is ${spec.kind}` : 'is not in the network';
  throw new ReceptiveError('usage', `${layer} ${found}; batch statistics belong to batchNorm layers.`);
}

/** Numbers that enter the layers of one pass, in each mode: 128 MB. */
const numbersAtOnce = 2 ** 25;

/** The same of every BN layer, in the network's order, several to a pass of the batch. */
export function* batchNormReports(
  model: Model,
  network: Network,
  batch: NamedBatch,
  atOnce = numbersAtOnce,
): Generator<BatchNormReport> {
  const described = describeNetwork(network, model.classes).layers.filter(({ kind }) => kind === 'batchNorm');
  const numbersOf = ({ outputShape }: (typeof described)[number]) =>
    batch.paths.length * outputShape!.reduce((product, side) => product * side, 1);
  for (let from = 0; from < described.length;) {
    let [to, numbers] = [from + 1, numbersOf(described[from]!)];
    while (to < described.length && numbers + numbersOf(described[to]!) <= atOnce) {
      numbers += numbersOf(described[to++]!);
    }
    const layers = described.slice(from, to).map(({ name }) => name);
    const seen = seenBy(model, network, batch, layers);
    for (const layer of layers) yield reportOf(seen, network, batch, layer);
    from = to;
  }
}

type Fetched = Record<string, { shape: number[]; values: Float32Array }>;
type Seen = Record<'training' | 'inference', Fetched>;

/** Images of a pass in inference mode, where they know nothing of each other. */
const imagesAtOnce = 8;

/** What enters the layers in both modes, with their figures and the logits: `seen`, once the passes were made in order. */
function passesOver(
  network: Network,
  { pixels, paths }: NamedBatch,
  layers: readonly string[],
): { passes: { images: number; pass: (model: Model) => void }[]; seen: Seen } {
  const images = paths.length;
  const imageSize = pixels.length / images;
  const logits = outputOf(network.layers.at(-1)!.name);
  const inputs = layers.map((layer) => enteringOf(network, layer));
  const figures = layers.flatMap((layer) => normFigures.map((name) => `${layer}/${name}`));
  const either = [...new Set([...inputs, logits])];
  const seen: Seen = { training: {}, inference: {} };
  const inTraining = {
    images,
    pass: (model: Model) => void (seen.training = model.fetch(pixels, [...figures, ...either], { training: true })),
  };
  const inInference = Array.from({ length: Math.ceil(images / imagesAtOnce) }, (_, part) => {
    const from = part * imagesAtOnce;
    const to = Math.min(from + imagesAtOnce, images);
    const pass = (model: Model) => {
      const some = model.fetch(pixels.subarray(from * imageSize, to * imageSize), either);
      for (const [name, { shape, values }] of Object.entries(some)) {
        const size = values.length / (to - from);
        seen.inference[name] ??= { shape: [images, ...shape.slice(1)], values: new Float32Array(images * size) };
        seen.inference[name].values.set(values, from * size);
      }
    };
    return { images: to - from, pass };
  });
  return { passes: [inTraining, ...inInference], seen };
}

function seenBy(model: Model, network: Network, batch: NamedBatch, layers: readonly string[]): Seen {
  const { passes, seen } = passesOver(network, batch, layers);
  for (const { pass } of passes) pass(model);
  return seen;
}

const enteringOf = (network: Network, layer: string): string =>
  outputOf(inputsOf(network)[network.layers.findIndex(({ name }) => name === layer)]![0]!);

function reportOf({ training, inference }: Seen, network: Network, batch: NamedBatch, layer: string): BatchNormReport {
  const { epsilon } = network.layers.find(({ name }) => name === layer) as LayerOf<'batchNorm'>;
  const input = enteringOf(network, layer);
  const logits = outputOf(network.layers.at(-1)!.name);
  const figure = (name: NormFigure) => Array.from(training[`${layer}/${name}`]!.values);
  const [batchMean, batchVariance] = [figure('batchMean'), figure('batchVariance')];
  const [runningMean, runningVariance] = [figure('movingMean'), figure('movingVariance')];
  const [gamma, beta] = [figure('gamma'), figure('beta')];

  const byBatch = normalising(batchMean, batchVariance, epsilon);
  const byRunning = normalising(runningMean, runningVariance, epsilon);
  const entering = { training: training[input]!, inference: inference[input]! };
  const affine = gamma.map((scale, at): Line => ({ scale, shift: beta[at]! }));
  const inTraining = byBatch.map((line, at) => after(line, affine[at]!));
  const inInference = byRunning.map((line, at) => after(line, affine[at]!));
  const {
    before,
    after: [of, by],
  } = normHistograms(
    { values: entering.training.values, lines: inTraining },
    { values: entering.inference.values, lines: inInference },
  );
  const normalised = before.map((histogram, at) => mapped(histogram, byBatch[at]!));
  const gaps = batchMean.map((mean, at) =>
    normalisedGap([mean, batchVariance[at]!], [runningMean[at]!, runningVariance[at]!], epsilon),
  );
  const shape = entering.training.shape.slice(1);
  const cells = shape.reduce((product, side) => product * side, 1);
  const first = (values: Float32Array, lines: Line[]) =>
    values.subarray(0, cells).map((value, at) => through(lines[at % lines.length]!, value));
  return {
    ...{ layer, batch: batch.paths, epsilon },
    ...{ batchMean, batchVariance, runningMean, runningVariance, gamma, beta },
    before,
    normalised,
    after: normalised.map((histogram, at) => mapped(histogram, affine[at]!)),
    modes: { training: of, inference: by },
    firstImage: {
      shape,
      training: first(entering.training.values, inTraining),
      inference: first(entering.inference.values, inInference),
    },
    gap: {
      channels: gaps,
      layer: rootMeanSquare(gaps),
      classesChanged: differing(training[logits]!.values, inference[logits]!.values, batch.paths.length),
    },
  };
}

/** What it makes that inference uses running statistics, over all batch norm layers; null in a network without any. */
export function checkNorms(model: Model, network: Network, batch: NamedBatch): NormCheck | null {
  const layers = network.layers.filter((layer) => layer.kind === 'batchNorm');
  const logits = outputOf(network.layers.at(-1)!.name);
  const names = layers.flatMap(({ name }) => normFigures.map((figure) => `${name}/${figure}`));
  const training = model.fetch(batch.pixels, [...names, logits], { training: true });
  const inference = model.fetch(batch.pixels, [logits])[logits]!;
  const gaps = layers.map(({ name, epsilon }) => {
    const figure = (field: NormFigure) => training[`${name}/${field}`]!.values;
    const [mean, variance] = [figure('batchMean'), figure('batchVariance')];
    const [otherMean, otherVariance] = [figure('movingMean'), figure('movingVariance')];
    const channels = Array.from(mean, (value, at) =>
      normalisedGap([value, variance[at]!], [otherMean[at]!, otherVariance[at]!], epsilon),
    );
    return { layer: name, gap: rootMeanSquare(channels) };
  });
  const worst = gaps.toSorted((a, b) => b.gap - a.gap)[0];
  if (!worst) return null;
  const classesChanged = differing(training[logits]!.values, inference.values, batch.paths.length);
  return { ...worst, classesChanged, images: batch.paths.length };
}

const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

const after = (first: Line, then: Line): Line => ({
  scale: first.scale * then.scale,
  shift: through(then, first.shift),
});

/** (x - mean) / sqrt(variance + epsilon), channel by channel. */
const normalising = (means: number[], variances: number[], epsilon: number): Line[] =>
  means.map((mean, at) => {
    const scale = 1 / Math.sqrt(variances[at]! + epsilon);
    return { scale, shift: -mean * scale };
  });

/**
 * How far normalising by other statistics leads from normalising by the batch's own: the root mean square over the batch
 * of (x - m) / s - (x - m') / s', with s = sqrt(variance + epsilon). The first has mean 0 and mean square v / (v + epsilon),
 * so that the square is ((m - m') / s')² + (s / s' - 1)² v / (v + epsilon).
 */
export function normalisedGap(
  [mean, variance]: readonly [number, number],
  [otherMean, otherVariance]: readonly [number, number],
  epsilon: number,
): number {
  const other = Math.sqrt(otherVariance + epsilon);
  const ratio = Math.sqrt(variance + epsilon) / other;
  return Math.sqrt(((mean - otherMean) / other) ** 2 + ((ratio - 1) ** 2 * variance) / (variance + epsilon));
}

/** The histogram of what `line` makes of the values; where it makes one number of all, they fall into the first bin. */
function mapped({ from, to, counts }: Histogram, line: Line): Histogram {
  const ends = [through(line, from), through(line, to)] as const;
  if (line.scale > 0) return { from: ends[0], to: ends[1], counts };
  if (line.scale < 0) return { from: ends[1], to: ends[0], counts: counts.toReversed() };
  const all = counts.reduce((sum, count) => sum + count, 0);
  return { from: ends[0], to: ends[0] + 1, counts: counts.map((_, bin) => (bin === 0 ? all : 0)) };
}

/** Of how many images the largest logit is another. */
function differing(one: Float32Array, other: Float32Array, images: number): number {
  const classes = one.length / images;
  const largest = (logits: Float32Array, image: number) => {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    return row.indexOf(Math.max(...row));
  };
  return Array.from({ length: images }, (_, at) => at).filter((at) => largest(one, at) !== largest(other, at)).length;
}
