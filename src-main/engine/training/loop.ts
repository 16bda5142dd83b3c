import { ReceptiveError } from '../../shared/errors.ts';
import type { EpochMetrics, Recipe, TrainingProgress } from '../../shared/run.ts';
import { learningRateAt } from '../../shared/schedule.ts';
import { batchesInOrder, shuffledBatches } from './batches.ts';
import type { WorkControl } from './control.ts';
import type { ImageTensors, Trainer } from './trainer.ts';

/** Reading the loss makes the CPU wait for the device, so it is read a few times a second, not every step. */
const progressIntervalMs = 250;

export interface LoopHooks {
  onProgress(progress: TrainingProgress): void;
  /** After each epoch: the place to write metrics and a checkpoint. */
  onEpoch(metrics: EpochMetrics): void | Promise<void>;
}

/**
 * Trains for `recipe.epochs` epochs, or until stopped.
 * @throws ReceptiveError `diverged` as soon as the loss is read and is not a finite number.
 */
export async function trainingLoop(
  trainer: Trainer,
  training: ImageTensors,
  validation: ImageTensors | null,
  recipe: Recipe,
  control: WorkControl,
  hooks: LoopHooks,
): Promise<'completed' | 'stopped'> {
  const { epochs, batchSize, seed } = recipe;
  const steps = Math.ceil(training.labels.length / batchSize);
  const history: EpochMetrics[] = [];
  const rateAt = (epoch: number, step: number) => learningRateAt(recipe, (epoch - 1) * steps + step, steps, history);

  for (let epoch = 1; epoch <= epochs; epoch++) {
    trainer.resetMetrics();
    let step = 0;
    let seen = 0;
    const startedAt = control.now();
    let reportedAt = -Infinity;
    let learningRate = rateAt(epoch, step);

    const report = (state: TrainingProgress['state']) => {
      const { loss, accuracy } = trainer.readMetrics(); // waits for the device
      const imagesPerSecond = (1000 * seen) / (control.now() - startedAt);
      const imagesLeft = training.labels.length * (epochs - epoch + 1) - seen;
      const etaSeconds = imagesLeft / imagesPerSecond;
      hooks.onProgress({
        state,
        epoch,
        epochs,
        step,
        steps,
        imagesPerSecond,
        etaSeconds,
        learningRate,
        loss,
        accuracy,
      });
      if (!Number.isFinite(loss)) throw divergence(epoch, step, loss, learningRate);
    };

    for (const batch of shuffledBatches(training, batchSize, seed, epoch)) {
      learningRate = rateAt(epoch, step);
      trainer.step(batch.pixels, batch.labels, learningRate);
      step++;
      seen += batch.labels.length;
      if (control.now() - reportedAt > progressIntervalMs) {
        report('training');
        reportedAt = control.now();
      }
      if (!(await control.checkpoint())) return 'stopped';
    }

    const { loss, accuracy } = trainer.readMetrics();
    const imagesPerSecond = (1000 * seen) / (control.now() - startedAt);
    if (!Number.isFinite(loss)) throw divergence(epoch, step, loss, learningRate);

    const metrics: EpochMetrics = { epoch, loss, accuracy, imagesPerSecond };
    if (validation) {
      report('validating');
      const scores = await validate(trainer, validation, batchSize, control);
      if (!scores) return 'stopped';
      metrics.validationLoss = scores.loss;
      metrics.validationAccuracy = scores.accuracy;
    }
    history.push(metrics);
    await hooks.onEpoch(metrics);
    if (control.stopped && epoch < epochs) return 'stopped';
  }
  return 'completed';
}

/** Loss and accuracy over `data` in inference mode; null when stopped half way. */
async function validate(trainer: Trainer, data: ImageTensors, batchSize: number, control: WorkControl) {
  let lossSum = 0;
  let correct = 0;
  for (const batch of batchesInOrder(data, batchSize)) {
    const scores = trainer.evaluate(batch.pixels, batch.labels);
    lossSum += scores.lossSum;
    correct += scores.correct;
    if (!(await control.checkpoint())) return null;
  }
  return { loss: lossSum / data.labels.length, accuracy: correct / data.labels.length };
}

function divergence(epoch: number, step: number, loss: number, learningRate: number): ReceptiveError {
  return new ReceptiveError(
    'diverged',
    `Training diverged: the loss is ${loss} at step ${step} of epoch ${epoch}, with learning rate ${learningRate}.`,
    `Try a smaller learning rate (${learningRate / 10}), or add batch normalisation.`,
  );
}
