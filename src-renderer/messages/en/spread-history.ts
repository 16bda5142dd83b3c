import type { SpreadWarning } from '../../../src-main/shared/inspect/spread-history.ts';
import { formatCount } from '../../ui/numbers.ts';

/** The course of training in the Distribution tab of Inspect. */
export const spreadHistory = {
  title: 'Over the steps of training',
  note: 'Recorded while the run trained, on a fixed batch of up to 16 training images, in training mode. Gradients are of the batch’s mean loss. Histograms and shares of more than 8,192 values are those of a sample spread evenly over them.',
  none: 'Nothing was recorded of this run: it began before this was kept, or the images of its fixed batch were gone.',
  onlyStart:
    'Only the beginning was recorded: the run was too short for more looks to stay below 5 % of the time it trained.',
  what: 'Numbers',
  map: (what: string) => `${what}: histogram of each recorded step`,
  mapHint:
    'A column is a recorded step, a row a range of values. Point at a cell for its share; a click chooses its step.',
  cell: (step: string, from: string, to: string, share: string) =>
    `Step ${step}, ${from} to ${to}: ${share} of the values`,
  brokenCell: (step: string) => `Step ${step}: NaN or infinite values`,
  scale: 'Share of a step’s values in a range, a logarithmic scale',
  step: 'Recorded step',
  atStep: (what: string, step: string) => `${what} at step ${step}`,
  sizes: (layer: string) => `Sizes in ${layer}: activations, weights and gradients`,
  sizeAxis: 'RMS (log scale)',
  shares: (layer: string) => `Activations of ${layer}`,
  shareAxis: 'Share of units',
  zeros: 'exact zeros',
  saturated: 'saturated',
  noCurve: 'All values are 0.',
  summary: (title: string, parts: string) => `${title} over the steps of training. ${parts}`,
  part: (label: string, first: string, last: string) => `${label}: from ${first} to ${last}`,
  table: (count: number) =>
    count === 1 ? 'Table of 1 recorded step' : `Table of ${formatCount(count)} recorded steps`,
  columns: {
    step: 'Step',
    size: 'RMS',
    zeros: 'Zeros',
    saturated: 'Saturated',
    least: 'Smallest',
    largest: 'Largest',
    broken: 'NaN or infinite',
  },
  warnings: 'Warnings while it trained',
  noWarning:
    'No recorded step shows vanishing, exploding or missing gradients, dead layers or values that are no numbers.',
  warning: {
    vanishing: (layer) =>
      `The gradient by the kernel of ${layer} was more than 1,000 times smaller than by the last kernel`,
    exploding: (layer) =>
      `The gradient by the kernel of ${layer} was more than 1,000 times larger than by the last kernel`,
    broken: (layer) => `${layer} held NaN or infinite values`,
    none: (layer) => `No gradient got to the kernel of ${layer}`,
    dead: (layer) => `All activations of ${layer} were zero: it was dead for the whole batch`,
  } satisfies Record<SpreadWarning['kind'], (layer: string) => string>,
  when: (what: string, since: string, until: string | null) =>
    until === since
      ? `${what} at step ${since}.`
      : until === null
        ? `${what} from step ${since} to the last record.`
        : `${what} from step ${since} to step ${until}.`,
};
