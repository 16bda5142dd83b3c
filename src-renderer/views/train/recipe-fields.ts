/** The recipe's fields as the form shows them: their ranges, and what can be chosen. */
import { defaultWeightDecay, initializers, optimizers } from '../../../src-main/shared/run.ts';
import { fits, scalings } from '../../../src-main/shared/preprocessing.ts';
import { schedules } from '../../../src-main/shared/schedule.ts';
import { text } from '../../messages/index.ts';
import type { RecipeField, RecipeFields } from '../../state/recipe.svelte.ts';

const words = text.train;

/** Those that have one input each. */
export type InputField = Exclude<RecipeField, 'augmentation' | 'classWeights'>;

interface Shown {
  label: string;
  hint: string;
  /** Left out: always shown. */
  applies?: (fields: RecipeFields) => boolean;
}

export interface NumberField extends Shown {
  kind: 'number';
  unit?: string;
  min: number;
  max: number;
  step: number | 'any';
  /** What it must be. */
  wrong: string;
  /** What holds while the field is empty. */
  placeholder?: (fields: RecipeFields) => string;
}

export interface ChoiceField extends Shown {
  kind: 'choice';
  options: { value: string; label: string }[];
}

const whole = (min: number, max: number) => ({
  kind: 'number' as const,
  min,
  max,
  step: 1,
  wrong: words.wholeFrom(min.toLocaleString('en'), max.toLocaleString('en')),
});

const number = (min: number, max: number, range: string, step: number | 'any' = 'any') => ({
  kind: 'number' as const,
  min,
  max,
  step,
  wrong: words.numberFrom(range),
});

function choice<V extends string>(labels: Record<V, string>, values: readonly V[]) {
  return { kind: 'choice' as const, options: values.map((value) => ({ value, label: labels[value] })) };
}

const drops = ({ schedule }: RecipeFields) => schedule === 'step' || schedule === 'plateau';

export const recipeFields: Record<InputField, NumberField | ChoiceField> = {
  epochs: { ...whole(1, 100_000), label: words.epochs, hint: words.epochsSentence, unit: words.epochsUnit },
  batchSize: { ...whole(1, 4096), label: words.batchSize, hint: words.batchSizeSentence, unit: words.batchSizeUnit },
  optimizer: { ...choice(words.optimizers, optimizers), label: words.optimizer, hint: words.optimizerSentence },
  learningRate: {
    ...number(0, 100, words.learningRateRange),
    label: words.learningRate,
    hint: words.learningRateSentence,
    unit: words.learningRateUnit,
  },
  schedule: { ...choice(words.schedules, schedules), label: words.schedule, hint: words.scheduleSentence },
  warmupEpochs: {
    ...number(0, 1000, words.warmupRange),
    label: words.warmup,
    hint: words.warmupSentence,
    unit: words.epochsUnit,
  },
  dropEpochs: {
    ...whole(1, 100_000),
    label: words.dropEpochs,
    hint: words.dropEpochsSentence,
    unit: words.epochsUnit,
    applies: drops,
  },
  dropFactor: {
    ...number(0, 1, words.dropFactorRange),
    label: words.dropFactor,
    hint: words.dropFactorSentence,
    applies: drops,
  },
  labelSmoothing: {
    ...number(0, 0.9, words.labelSmoothingRange),
    label: words.labelSmoothing,
    hint: words.labelSmoothingSentence,
  },
  earlyStopping: {
    ...whole(0, 100_000),
    label: words.earlyStopping,
    hint: words.earlyStoppingSentence,
    unit: words.epochsUnit,
  },
  initializer: {
    ...choice(words.initializers, initializers),
    label: words.initializer,
    hint: words.initializerSentence,
  },
  initializerScale: {
    ...number(0, 10, words.initializerScaleRange),
    label: words.initializerScale,
    hint: words.initializerScaleSentence,
    applies: ({ initializer }) => initializer === 'normal',
  },
  clipNorm: {
    ...number(0, 1e6, words.clipNormRange),
    label: words.clipNorm,
    hint: words.clipNormSentence,
  },
  weightDecay: {
    ...number(0, 1, words.weightDecayRange),
    label: words.weightDecay,
    hint: words.weightDecaySentence,
    placeholder: ({ optimizer }) => String(defaultWeightDecay(optimizer)),
  },
  fit: { ...choice(words.fits, fits), label: words.fit, hint: words.fitSentence },
  scaling: { ...choice(words.scalings, scalings), label: words.scaling, hint: words.scalingSentence },
  validationPercent: {
    ...number(0, 90, words.validationRange, 1),
    label: words.validation,
    hint: words.validationSentence,
    unit: words.percent,
  },
  seed: { ...whole(0, 2 ** 31 - 1), label: words.seed, hint: words.seedSentence },
};

/** In the order of the form; the groups after the first can be folded. */
export const recipeGroups: { title: string | null; fields: InputField[] }[] = [
  { title: null, fields: ['epochs', 'batchSize', 'optimizer', 'learningRate', 'validationPercent', 'seed'] },
  { title: words.groups.images, fields: ['fit', 'scaling'] },
  { title: words.groups.rate, fields: ['schedule', 'warmupEpochs', 'dropEpochs', 'dropFactor'] },
  { title: words.groups.end, fields: ['earlyStopping'] },
  { title: words.groups.loss, fields: ['labelSmoothing'] },
  { title: words.groups.weights, fields: ['initializer', 'initializerScale', 'weightDecay', 'clipNorm'] },
];
