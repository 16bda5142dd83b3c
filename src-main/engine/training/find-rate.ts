import { ReceptiveError } from '../../shared/errors.ts';
import { checkNetwork } from '../../shared/network/index.ts';
import { hasExploded, rateOfStep, rateSteps, suggestRate, withLoss } from '../../shared/rate-search.ts';
import type { RatePoint, RateSearch } from '../../shared/rate-search.ts';
import { shuffledBatches } from './batches.ts';
import type { ImageSource } from './batches.ts';
import { createModel, imageShapeOf, readImages } from './run.ts';
import type { TrainingHooks, TrainingTask } from './run.ts';
import type { WorkControl } from './control.ts';
import type { ImageTensors, Trainer } from './trainer.ts';

/** Tries learning rates on the task's network and images; nothing is written. null when it was stopped. */
export async function findLearningRate(
  task: Omit<TrainingTask, 'out' | 'name'>,
  hooks: Pick<TrainingHooks, 'onProgress' | 'onRejected'> & { onPoint(points: readonly RatePoint[]): void },
): Promise<RateSearch | null> {
  const { network, recipe, split, control } = task;
  checkNetwork(network, split.classes.length);
  const shape = imageShapeOf(network, recipe.fit);
  const data = await readImages(split, shape, recipe, task, hooks);
  const preprocessing = data.normalisation ? { ...shape, normalisation: data.normalisation } : shape;
  const model = createModel(network, split.classes, recipe, preprocessing, data);
  try {
    return await searchRate(model, data.training, recipe, control, hooks.onPoint);
  } finally {
    model.dispose();
  }
}

/** One optimizer step a rate, each on the next batch, until the loss explodes or all rates were tried. */
export async function searchRate(
  trainer: Trainer,
  training: ImageSource,
  { batchSize, seed }: { batchSize: number; seed: number },
  control: WorkControl,
  onPoint: (points: readonly RatePoint[]) => void,
): Promise<RateSearch | null> {
  let points: RatePoint[] = [];
  for await (const { pixels, labels } of endlessBatches(training, batchSize, seed)) {
    const rate = rateOfStep(points.length);
    trainer.resetMetrics();
    if (!tryStep(trainer, pixels, labels, rate)) break;
    points = withLoss(points, rate, trainer.readMetrics().loss);
    onPoint(points);
    if (points.length === rateSteps || hasExploded(points)) break;
    if (!(await control.checkpoint())) return null;
  }
  return { points, suggestion: suggestRate(points) };
}

/** Whether its numbers stayed sound. */
function tryStep(trainer: Trainer, pixels: Uint8Array, labels: Int32Array, rate: number): boolean {
  try {
    trainer.step(pixels, labels, rate);
    return true;
  } catch (error) {
    if (error instanceof ReceptiveError && error.code === 'diverged') return false;
    throw error;
  }
}

async function* endlessBatches(training: ImageSource, batchSize: number, seed: number): AsyncGenerator<ImageTensors> {
  for (let epoch = 1; ; epoch++) yield* shuffledBatches(training, batchSize, seed, epoch);
}
