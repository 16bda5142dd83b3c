/** The recipe of `train` from its options and from --config; an option goes before the file. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import { ReceptiveError, reportError } from '../shared/errors.ts';
import { augmentationNames, augmentationPresetNames, augmentationPresets } from '../shared/augmentation.ts';
import { defaultWeightDecay, initializers, optimizers, recipeSchema } from '../shared/run.ts';
import type { Recipe } from '../shared/run.ts';
import { fits, scalings } from '../shared/preprocessing.ts';
import { schedules } from '../shared/schedule.ts';
import { absolutePath, number } from './options.ts';

interface RecipeOption {
  flags: string;
  description: string;
  /** What the value must be, for people. */
  rule: string;
  /** The words to choose from; any number without them. */
  choices?: readonly string[];
  /** Reads what is neither. */
  parse?: (text: string) => unknown;
}

const recipeOptions: { [field in keyof Recipe]: RecipeOption } = {
  epochs: {
    flags: '--epochs <n>',
    description: 'times that every training image is used',
    rule: 'a whole number from 1 to 100000',
  },
  batchSize: { flags: '--batch <n>', description: 'images a step', rule: 'a whole number from 1 to 4096' },
  optimizer: choice('--optimizer <name>', 'how the weights follow the loss', optimizers),
  learningRate: {
    flags: '--learning-rate <rate>',
    description: 'size of a step',
    rule: 'a number above 0, 100 at most',
  },
  schedule: choice('--schedule <name>', 'how the learning rate changes in the run', schedules),
  warmupEpochs: {
    flags: '--warm-up <epochs>',
    description: 'epochs, or a part of one, in which the learning rate rises to its value',
    rule: 'a number of epochs from 0 to 1000',
  },
  dropEpochs: {
    flags: '--drop-epochs <n>',
    description: 'schedule step: epochs between drops; plateau: epochs without progress before one',
    rule: 'a whole number from 1 to 100000',
  },
  dropFactor: {
    flags: '--drop-factor <factor>',
    description: 'what a drop multiplies the learning rate with',
    rule: 'a number above 0, 1 at most',
  },
  earlyStopping: {
    flags: '--early-stopping <epochs>',
    description: 'end after so many epochs without a lower loss, of validation where there is one; 0 for never',
    rule: 'a whole number from 0 to 100000',
  },
  initializer: choice('--initializer <name>', 'how kernels begin', initializers),
  initializerScale: {
    flags: '--initializer-scale <scale>',
    description: 'the standard deviation of the initializer normal',
    rule: 'a number above 0, 10 at most',
  },
  clipNorm: {
    flags: '--clip-norm <norm>',
    description: 'gradients are shortened to this norm, taken over all of them; 0 leaves them as they are',
    rule: 'a number from 0 to 1000000',
  },
  labelSmoothing: {
    flags: '--label-smoothing <share>',
    description: 'share of each label that is spread over all classes',
    rule: 'a share from 0 to 0.9',
  },
  classWeights: {
    flags: '--class-weights <weights>',
    description: 'none, balanced, or what images of a class count, such as cat=2,dog=0.5',
    rule: 'none, balanced, or classes with weights from 0 to 1000, such as cat=2,dog=0.5',
    parse: classWeights,
  },
  weightDecay: {
    flags: '--weight-decay <share>',
    description: 'share of the learning rate by which each step shrinks the kernels',
    rule: 'a share from 0 to 1',
  },
  fit: choice('--fit <how>', 'how images of another shape fill the input: stretched, whole with bars, or cut', fits),
  scaling: choice(
    '--scaling <range>',
    'of pixels: 0 to 1, -1 to 1, or mean 0 and deviation 1 over the training images',
    scalings,
  ),
  augmentation: {
    flags: '--augment <strength>',
    description:
      'how much training images are varied at random: none, light, strong, or strengths of ' +
      `${augmentationNames.join(', ')}, such as rotation=10,shift=0.1 or light,mixup=0.2`,
    rule: `none, light, strong, or strengths in the range of each, such as rotation=10,shift=0.1 or light,mixup=0.2`,
    parse: augmentation,
  },
  validationShare: {
    flags: '--validation <share>',
    description: 'share of each class kept for validation, 0 to 0.9',
    rule: 'a share from 0 to 0.9',
  },
  seed: {
    flags: '--seed <n>',
    description: 'of the split, the shuffling and the first weights',
    rule: 'a whole number from 0 to 2147483647',
  },
};
const entries = Object.entries(recipeOptions) as [keyof Recipe, RecipeOption][];

function choice(flags: string, description: string, choices: readonly string[]): RecipeOption {
  return { flags, description, rule: `one of ${choices.join(', ')}`, choices };
}

/** "cat=2,dog=0.5" as { cat: 2, dog: 0.5 } */
function numbersByName(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((one) => {
      const at = one.lastIndexOf('=');
      return [one.slice(0, at), at < 0 ? Number.NaN : Number(one.slice(at + 1) || Number.NaN)];
    }),
  );
}

/** A single word as it is. */
function classWeights(text: string): unknown {
  return text.includes('=') ? numbersByName(text) : text;
}

/** Strengths of one's own go before those of the preset that stands first. */
function augmentation(text: string): unknown {
  if (!text.includes('=')) return text;
  const preset = augmentationPresetNames.find((name) => text.startsWith(`${name},`));
  const own = numbersByName(preset ? text.slice(preset.length + 1) : text);
  return preset ? { ...augmentationPresets[preset], ...own } : own;
}

const optionOf = ({ flags, description, choices, parse = number }: RecipeOption): Option => {
  const option = new Option(flags, description);
  return choices ? option.choices(choices) : option.argParser(parse);
};

/** Only told: commander's own defaults would go before the file's values. */
const defaults = {
  ...recipeSchema.parse({}),
  augmentation: 'none',
  weightDecay: `${defaultWeightDecay('adamw')} with adamw, else ${defaultWeightDecay('sgd')}`,
};

/** Adds an option for each field of the recipe, and --config. */
export function addRecipeOptions(command: Command): Command {
  for (const [field, one] of entries) {
    const description = `${one.description} (default: ${String(defaults[field])})`;
    command.addOption(optionOf({ ...one, description }));
  }
  return command.option(
    '--config <recipe.json>',
    'a file with any fields of the recipe; options go before it',
    absolutePath,
  );
}

/** The words of those options as commander hands them over. */
export type RecipeWords = Record<string, unknown> & { config?: string };

/**
 * The recipe with its defaults filled in.
 * @throws ReceptiveError `usage` for a value out of its range, `not-found` or `unreadable` for the file.
 */
export function readRecipe(words: RecipeWords): Recipe {
  const { config } = words;
  const options = givenOptions(words);
  const given = { ...(config === undefined ? {} : readConfig(config)), ...Object.fromEntries(options) };
  const result = recipeSchema.safeParse(given);
  if (result.success) return result.data;

  const issue = result.error.issues[0]!;
  const field = issue.path[0] as keyof Recipe | undefined;
  if (field === undefined) throw wrongConfig(config!, issue.message);
  const { flags, rule } = recipeOptions[field];
  const value = JSON.stringify(given[field])?.replaceAll('"', '');
  const isOption = options.some(([name]) => name === field);
  if (isOption) throw new ReceptiveError('usage', `${flags.split(' ')[0]} must be ${rule}, not ${value}.`);
  throw wrongConfig(config!, `"${field}" must be ${rule}, not ${value}`);
}

/** The fields that were given as options, with their values. */
function givenOptions(words: RecipeWords): (readonly [keyof Recipe, unknown])[] {
  return entries
    .map(([field, one]) => [field, words[optionOf(one).attributeName()]] as const)
    .filter(([, value]) => value !== undefined);
}

/** The fields that were given, as options or in the file. */
export function givenFields(words: RecipeWords): (keyof Recipe)[] {
  const { config } = words;
  const inFile = config === undefined ? [] : (Object.keys(readConfig(config)) as (keyof Recipe)[]);
  return [...new Set([...inFile, ...givenOptions(words).map(([field]) => field)])];
}

/** How the command line calls a field. */
export const optionName = (field: keyof Recipe): string => recipeOptions[field].flags.split(' ')[0]!;

function readConfig(path: string): Record<string, unknown> {
  const text = readText(path);
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch (error) {
    throw wrongConfig(path, (error as Error).message);
  }
  throw wrongConfig(path, 'it must be an object');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message, hint } = reportError(error);
    throw new ReceptiveError(code, `The recipe ${path} cannot be read: ${message}`, hint);
  }
}

function wrongConfig(path: string, why: string): ReceptiveError {
  const fields = entries.map(([field]) => field).join(', ');
  return new ReceptiveError('usage', `${path} is no recipe: ${why}.`, `It is a JSON object with any of ${fields}.`);
}
