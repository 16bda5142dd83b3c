/** What a run was made with, in words: everything it takes to repeat it. */
import { augmentationNames, presetOf, type Augmentation } from '../../../src-main/shared/augmentation.ts';
import type { RunSummary } from '../../../src-main/shared/project.ts';
import type { Recipe } from '../../../src-main/shared/run.ts';
import { text } from '../../messages/index.ts';
import { formatCount, formatValue } from '../../ui/numbers.ts';

export type Fact = [name: string, value: string];

const words = text.train;

export function augmentationInWords(augmentation: Augmentation): string {
  const preset = presetOf(augmentation);
  if (preset) return text.augmentation.presets[preset];
  return augmentationNames
    .filter((name) => augmentation[name] > 0)
    .map((name) => `${text.augmentation.names[name]} ${text.augmentation.value(name, augmentation[name])}`)
    .join(', ');
}

export function weightsInWords(classWeights: Recipe['classWeights']): string {
  if (typeof classWeights === 'string') return words.classWeightings[classWeights];
  return Object.entries(classWeights)
    .map(([name, weight]) => `${name} ${formatValue(weight)}`)
    .join(', ');
}

export const versionsInWords = (versions: Record<string, string>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

/** Those of the recipe that are at their defaults most of the time are told where they are not. */
function unusual(recipe: Recipe): Fact[] {
  const { weightDecay, labelSmoothing, clipNorm, earlyStopping, warmupEpochs, initializer } = recipe;
  const facts: Fact[] = [];
  if (recipe.schedule === 'step' || recipe.schedule === 'plateau') {
    facts.push([words.dropEpochs, `${formatCount(recipe.dropEpochs)} ${words.epochsUnit}`]);
    facts.push([words.dropFactor, formatValue(recipe.dropFactor)]);
  }
  if (warmupEpochs > 0) facts.push([words.warmup, `${formatValue(warmupEpochs)} ${words.epochsUnit}`]);
  if (earlyStopping > 0) facts.push([words.earlyStopping, `${formatCount(earlyStopping)} ${words.epochsUnit}`]);
  if (labelSmoothing > 0) facts.push([words.labelSmoothing, formatValue(labelSmoothing)]);
  if (weightDecay > 0) facts.push([words.weightDecay, formatValue(weightDecay)]);
  if (clipNorm > 0) facts.push([words.clipNorm, formatValue(clipNorm)]);
  if (initializer !== 'glorot') facts.push([words.initializer, words.initializers[initializer]]);
  if (initializer === 'normal') facts.push([words.initializerScale, formatValue(recipe.initializerScale)]);
  return facts;
}

export function factsOfRun({ recipe, params, preprocessing, record }: RunSummary): Fact[] {
  const { height, width, channels, fit } = preprocessing;
  const { trainingImages, validationImages, device, threads, versions, dataHash } = record;
  return [
    [words.schedule, words.schedules[recipe.schedule]],
    [words.optimizer, words.optimizers[recipe.optimizer]],
    [words.batchSize, `${formatCount(recipe.batchSize)} ${words.batchSizeUnit}`],
    ...unusual(recipe),
    ...(recipe.classWeights === 'none'
      ? []
      : [[words.classWeights, weightsInWords(recipe.classWeights)] satisfies Fact]),
    [text.augmentation.title, augmentationInWords(recipe.augmentation)],
    [words.images, words.imagesValue(height, width, channels)],
    [words.fitFact, words.fits[fit]],
    [words.scalingFact, words.scalings[recipe.scaling]],
    [words.trainedOn, words.trainedOnValue(formatCount(trainingImages), formatCount(validationImages))],
    [words.params, formatCount(params)],
    [words.seed, String(recipe.seed)],
    [words.device, words.deviceValue(words.devices[device], threads)],
    [words.dataHash, dataHash.slice(0, 12)],
    [words.versions, versionsInWords(versions)],
  ];
}
