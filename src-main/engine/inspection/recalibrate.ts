/** Measures the running statistics of batch norm anew, over all training images. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { Recalibration, Scores } from '../../shared/inspection.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { WeightsChoice } from '../../shared/run.ts';
import { Model } from '../graph/model.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { batchesInOrder, shuffledBatches } from '../training/batches.ts';
import type { ImageSource } from '../training/batches.ts';
import type { WorkControl } from '../training/control.ts';
import { loadTrainingData } from '../training/prepare.ts';
import type { LabelledFile } from '../training/prepare.ts';
import type { RunFolder } from '../training/run-folder.ts';
import type { NamedTensor } from '../training/trainer.ts';
import { outputOf } from './maps.ts';

export interface RecalibrationTask {
  run: RunFolder;
  weights: WeightsChoice;
  /** The run's training images, and the folder that their paths are told relative to. */
  files: LabelledFile[];
  folder: string;
  cacheFolder?: string;
  decoder: DecoderClient;
  control: WorkControl;
}

export interface RecalibrationHooks {
  /** Images read, measured and scored: each of them counts three times. */
  onProgress(done: number, total: number): void;
  onRejected(rejected: { path: string; reason: string }[]): void;
}

/**
 * Gives the run's weights new running statistics and keeps them beside the weights. null when it was stopped: then all is
 * as it was.
 * @throws ReceptiveError `usage` when the network has no batch norm, `no-images` when its images are gone.
 */
export async function recalibrate(task: RecalibrationTask, hooks: RecalibrationHooks): Promise<Recalibration | null> {
  const { run, weights, files, folder, cacheFolder, decoder, control } = task;
  const { classes, preprocessing, recipe } = run.info;
  const network = withoutDropout(parseNetwork(run.info.network));
  if (normsOf(network).length === 0) {
    throw new ReceptiveError('usage', `${run.path}: the network has no batch norm layer to recalibrate.`);
  }
  const data = await loadTrainingData(
    { classes, training: files, validation: [] },
    {
      ...{ decoder, preprocessing, folder, cacheFolder, seed: recipe.seed, signal: control.signal },
      scaling: 'unit', // what was measured when the run began stands in its preprocessing
      onProgress: (done, total) => hooks.onProgress(done, 3 * total),
    },
  );
  if (data.rejected.length > 0) hooks.onRejected(data.rejected);

  const { tensors } = run.weights(weights);
  const { normalisation } = preprocessing;
  const model = Model.create(network, classes.length, { seed: recipe.seed, normalisation });
  try {
    model.writeWeights(tensors);
    const images = data.training.labels.length;
    const tell = (done: number) => hooks.onProgress(images + done, 3 * images);
    const measured = await measureStatistics(model, network, data.training, recipe, control, tell);
    if (!measured) return null;
    const { statistics, batchStatistics, before } = measured;
    const newer = new Map(statistics.map((tensor) => [tensor.name, tensor]));
    model.writeWeights(tensors.map((tensor) => newer.get(tensor.name) ?? tensor));
    const after = await scoresOf(model, data.training, recipe.batchSize, control, (done) => tell(images + done));
    if (!after) return null;
    const report: Recalibration = { images, batchStatistics, before, after };
    run.saveRecalibration(weights, { report, statistics });
    return report;
  } finally {
    model.dispose();
  }
}

interface Measured {
  statistics: NamedTensor[];
  batchStatistics: Scores;
  before: Scores;
}

/**
 * Mean and variance over all images of what enters each batch norm layer while every layer normalises by the batch, as in
 * training: the batches' moments put together, mean = E[m] and variance = E[m² + v] - E[m]² (Wu and Johnson 2021,
 * "Rethinking Batch in BatchNorm", precise statistics).
 */
export async function measureStatistics(
  model: Model,
  network: Network,
  images: ImageSource,
  { batchSize, seed }: { batchSize: number; seed: number },
  control: WorkControl,
  onImages: (done: number) => void,
): Promise<Measured | null> {
  const norms = normsOf(network);
  const names = norms.flatMap((name) => [`${name}/batchMean`, `${name}/batchVariance`]);
  const logits = outputOf(network.layers.at(-1)!.name);
  const sums = new Map<string, { mean: Float64Array; square: Float64Array }>();
  const inTraining = new ScoreSum();
  const inInference = new ScoreSum();
  // No epoch of training has the number 0.
  for await (const { pixels, labels } of shuffledBatches(images, batchSize, seed, 0)) {
    const fetched = model.fetch(pixels, [...names, logits], { training: true });
    for (const name of norms) {
      const means = fetched[`${name}/batchMean`]!.values;
      const variances = fetched[`${name}/batchVariance`]!.values;
      const sum = sums.get(name) ?? { mean: new Float64Array(means.length), square: new Float64Array(means.length) };
      sums.set(name, sum);
      means.forEach((mean, at) => {
        sum.mean[at]! += labels.length * mean;
        sum.square[at]! += labels.length * (mean * mean + variances[at]!);
      });
    }
    inTraining.addLogits(fetched[logits]!.values, labels);
    inInference.add(model.evaluate(pixels, labels), labels.length);
    onImages(inInference.images);
    if (!(await control.checkpoint())) return null;
  }
  const count = inInference.images;
  const statistics = [...sums].flatMap(([name, { mean, square }]) => {
    const means = mean.map((sum) => sum / count);
    const variances = square.map((sum, at) => Math.max(0, sum / count - means[at]! ** 2));
    return [vector(`${name}/movingMean`, means), vector(`${name}/movingVariance`, variances)];
  });
  return { statistics, batchStatistics: inTraining.scores(), before: inInference.scores() };
}

async function scoresOf(
  model: Model,
  images: ImageSource,
  batchSize: number,
  control: WorkControl,
  onImages: (done: number) => void,
): Promise<Scores | null> {
  const sum = new ScoreSum();
  for await (const { pixels, labels } of batchesInOrder(images, batchSize)) {
    sum.add(model.evaluate(pixels, labels), labels.length);
    onImages(sum.images);
    if (!(await control.checkpoint())) return null;
  }
  return sum.scores();
}

class ScoreSum {
  images = 0;
  #loss = 0;
  #correct = 0;

  add({ lossSum, correct }: { lossSum: number; correct: number }, images: number): void {
    this.#loss += lossSum;
    this.#correct += correct;
    this.images += images;
  }

  /** Logits [batch, classes]. */
  addLogits(logits: Float32Array, labels: Int32Array): void {
    this.add(crossEntropyOf(logits, labels), labels.length);
  }

  scores(): Scores {
    return { loss: this.#loss / this.images, accuracy: this.#correct / this.images };
  }
}

/** Sum of the cross-entropies in nats, and how often the largest logit is at the label; logits [batch, classes]. */
export function crossEntropyOf(logits: Float32Array, labels: Int32Array): { lossSum: number; correct: number } {
  const classes = logits.length / labels.length;
  let lossSum = 0;
  let correct = 0;
  labels.forEach((label, image) => {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    const largest = Math.max(...row);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    lossSum += Math.log(total) + largest - row[label]!;
    if (row.indexOf(largest) === label) correct++;
  });
  return { lossSum, correct };
}

const vector = (name: string, values: Float64Array): NamedTensor => {
  return { name, shape: [values.length], values: Float32Array.from(values) };
};

const normsOf = ({ layers }: Network): string[] =>
  layers.filter(({ kind }) => kind === 'batchNorm').map(({ name }) => name);

/** What is dropped at random has no place in statistics for inference, where nothing is. */
const withoutDropout = (network: Network): Network => ({
  ...network,
  layers: network.layers.map((layer) => (layer.kind === 'dropout' ? { ...layer, rate: 0 } : layer)),
});
