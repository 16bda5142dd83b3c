/** Runs side by side: what came of them, and all that made them, in rows that say whether it differs. */
import type { RunSummary } from '../../../src-main/shared/project.ts';
import { bestEpoch, judged } from '../../../src-main/shared/run.ts';
import type { EpochMetrics, Recipe } from '../../../src-main/shared/run.ts';
import { text } from '../../messages/index.ts';
import { formatCount, formatPercent, formatValue } from '../../ui/numbers.ts';
import { recipeFields } from './recipe-fields.ts';
import { augmentationInWords, versionsInWords, weightsInWords } from './run-facts.ts';

export interface ComparedRow {
  label: string;
  /** One a run. */
  values: string[];
  differs: boolean;
}

export interface ComparedGroup {
  title: string;
  rows: ComparedRow[];
}

const words = text.train;
const none = words.unknown;

/** A run with the metrics of all its epochs. */
export interface RunWithMetrics {
  run: RunSummary;
  metrics: readonly EpochMetrics[];
}

type Figure = [label: string, value: (one: RunWithMetrics) => string];

const lastOf = ({ run, metrics }: RunWithMetrics) => metrics.at(-1) ?? run.last;
const ofLast = (value: (last: EpochMetrics) => number | undefined, format: (value: number) => string) => {
  return (one: RunWithMetrics): string => {
    const last = lastOf(one);
    const figure = last ? value(last) : undefined;
    return figure === undefined ? none : format(figure);
  };
};
const percent = (share: number): string => formatPercent(share);

const results: Figure[] = [
  [words.state, ({ run }) => (run.end ? words.ends[run.end] : words.going)],
  [words.epoch, (one) => words.of(formatCount(lastOf(one)?.epoch ?? 0), formatCount(one.run.recipe.epochs))],
  [
    words.best,
    ({ metrics }) => {
      const best = bestEpoch(metrics);
      return best ? words.compare.best(best.epoch, formatPercent(judged(best))) : none;
    },
  ],
  [words.compare.loss, ofLast(({ loss }) => loss, formatValue)],
  [words.compare.validationLoss, ofLast(({ validationLoss }) => validationLoss, formatValue)],
  [words.compare.accuracy, ofLast(({ accuracy }) => accuracy, percent)],
  [words.compare.validationAccuracy, ofLast(({ validationAccuracy }) => validationAccuracy, percent)],
  [
    words.speed,
    ofLast(
      ({ imagesPerSecond }) => imagesPerSecond,
      (value) => words.speedValue(formatCount(value)),
    ),
  ],
];

const recipe: Figure[] = [
  ...Object.entries(recipeFields).map(([name, field]): Figure => [
    field.label,
    ({ run }) => {
      if (name === 'validationPercent') return formatPercent(run.recipe.validationShare);
      const value = run.recipe[name as keyof Recipe] as string | number;
      if (field.kind === 'choice')
        return field.options.find((option) => option.value === value)?.label ?? String(value);
      return String(value);
    },
  ]),
  [words.classWeights, ({ run }) => weightsInWords(run.recipe.classWeights)],
  [text.augmentation.title, ({ run }) => augmentationInWords(run.recipe.augmentation)],
];

const record: Figure[] = [
  [words.params, ({ run }) => formatCount(run.params)],
  [
    words.images,
    ({ run: { preprocessing } }) =>
      words.imagesValue(preprocessing.height, preprocessing.width, preprocessing.channels),
  ],
  [words.compare.classes, ({ run }) => run.classes.join(', ')],
  [
    words.trainedOn,
    ({ run: { record } }) =>
      words.trainedOnValue(formatCount(record.trainingImages), formatCount(record.validationImages)),
  ],
  [words.dataHash, ({ run }) => run.record.dataHash.slice(0, 12)],
  [words.device, ({ run: { record } }) => words.deviceValue(words.devices[record.device], record.threads)],
  [words.versions, ({ run }) => versionsInWords(run.record.versions)],
  [words.noteTitle, ({ run }) => run.note || none],
];

/** Networks have no name in a run: those that are the same get the same letter. */
function networks(runs: readonly RunWithMetrics[]): ComparedRow {
  const kinds = runs.map(({ run }) => JSON.stringify(run.network));
  const known = [...new Set(kinds)];
  const values = runs.map(({ run }, at) =>
    words.compare.network(String.fromCharCode(65 + known.indexOf(kinds[at]!)), run.network.layers.length),
  );
  return { label: words.network, values, differs: known.length > 1 };
}

const rowsOf = (figures: Figure[], runs: readonly RunWithMetrics[]): ComparedRow[] =>
  figures.map(([label, value]) => {
    const values = runs.map(value);
    return { label, values, differs: new Set(values).size > 1 };
  });

export function compareRuns(runs: readonly RunWithMetrics[]): ComparedGroup[] {
  return [
    { title: words.compare.results, rows: rowsOf(results, runs) },
    { title: words.recipe, rows: rowsOf(recipe, runs) },
    { title: words.compare.record, rows: [networks(runs), ...rowsOf(record, runs)] },
  ];
}
