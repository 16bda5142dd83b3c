import { ReceptiveError } from '../../shared/errors.ts';
import type { EpochMetrics, Recipe, TrainingProgress } from '../../shared/run.ts';
import { hasStalled, learningRateAt } from '../../shared/schedule.ts';
import { batchesInOrder, shuffledBatches } from './batches.ts';
import type { ImageSource } from './batches.ts';
import type { Position } from './checkpoint.ts';
import type { WorkControl } from './control.ts';
import { Room } from './room.ts';
import type { Trainer } from './trainer.ts';

/** Reading the loss makes the CPU wait for the device, so it is read a few times a second, not every step. */
const progressIntervalMs = 250;

export interface LoopHooks {
  /** After each step, with the number of those done in the whole run. */
  onStep?(steps: number): void;
  onProgress(progress: TrainingProgress): void;
  /** After each epoch: the place to write metrics and a checkpoint. */
  onEpoch(metrics: EpochMetrics): void | Promise<void>;
  /** Within an epoch, when a checkpoint is due: the work is about to be held up or to stop, or enough time has passed. */
  onCheckpoint(position: Position): void | Promise<void>;
  /** The device has no room for a batch: from here on each step takes so many images at most. */
  onBatchHalved?(images: number): void;
}

export interface LoopOptions {
  /** Where to begin; the trainer already has the weights of that place. */
  from?: Position;
  /** The epochs before that place. */
  history?: readonly EpochMetrics[];
  /** How long training may go on without a checkpoint: that much is lost at most when the process is killed. */
  checkpointMs?: number;
}

const standardCheckpointMs = 60_000;

/**
 * Trains until `recipe.epochs` epochs are done, the recipe's early stopping ends it, or it is stopped. What it does in a
 * step follows from the recipe and the step's place alone, so that it can begin anywhere.
 * @throws ReceptiveError `diverged` at the first step whose numbers are not sound any more.
 */
export async function trainingLoop(
  trainer: Trainer,
  training: ImageSource,
  validation: ImageSource | null,
  recipe: Recipe,
  control: WorkControl,
  hooks: LoopHooks,
  { from = { epoch: 0, begun: null }, history: before = [], checkpointMs = standardCheckpointMs }: LoopOptions = {},
): Promise<'completed' | 'stopped'> {
  const { epochs, batchSize, seed } = recipe;
  const steps = Math.ceil(training.labels.length / batchSize);
  let savedAt = control.now();
  const history = [...before];
  const room = new Room((images) => hooks.onBatchHalved?.(images));
  const rateAt = (epoch: number, step: number) => learningRateAt(recipe, (epoch - 1) * steps + step, steps, history);

  for (let epoch = from.epoch + 1; epoch <= epochs; epoch++) {
    if (hasStalled(history, recipe.earlyStopping)) return 'completed';
    const begun = epoch === from.epoch + 1 ? from.begun : null;
    trainer.resetMetrics(begun?.sums);
    let step = begun?.steps ?? 0;
    let seen = Math.min(step * batchSize, training.labels.length);
    const startedAt = control.now() - 1000 * (begun?.seconds ?? 0);
    let reportedAt = -Infinity;
    let learningRate = rateAt(epoch, step);
    /** Of the training alone, once validation has begun. */
    let seconds: number | null = null;
    const secondsSoFar = () => seconds ?? (control.now() - startedAt) / 1000;

    const report = (state: TrainingProgress['state']) => {
      const { loss, accuracy } = trainer.readMetrics(); // waits for the device
      const imagesPerSecond = seen / secondsSoFar();
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
    };
    const save = async () => {
      const sums = trainer.metricSums();
      await hooks.onCheckpoint({ epoch: epoch - 1, begun: { steps: step, seconds: secondsSoFar(), sums } });
      savedAt = control.now();
    };
    /** Between any two pieces of work. Held up, the device is free and nothing can be lost. */
    const goOn = async (): Promise<boolean> => {
      const going = await control.checkpoint(async () => {
        await save();
        if (control.paused) report('paused');
        trainer.suspend();
      });
      if (!going) await save();
      else if (control.now() - savedAt > checkpointMs) await save();
      return going;
    };

    for await (const batch of shuffledBatches(training, batchSize, seed, epoch, step)) {
      learningRate = rateAt(epoch, step);
      try {
        // It may be empty, where its images cannot be had any more: the place in the epoch stays what it is.
        room.inParts(batch, (pixels, labels) => trainer.step(pixels, labels, learningRate));
      } catch (error) {
        throw placed(error, epoch, step + 1, learningRate);
      }
      step++;
      seen += batch.labels.length;
      hooks.onStep?.((epoch - 1) * steps + step);
      if (control.now() - reportedAt > progressIntervalMs) {
        report('training');
        reportedAt = control.now();
      }
      if (!(await goOn())) return 'stopped';
    }

    seconds = secondsSoFar();
    const { loss, accuracy, images } = trainer.readMetrics();
    if (images === 0) throw nothingLeft();

    const metrics: EpochMetrics = { epoch, loss, accuracy, imagesPerSecond: seen / seconds };
    if (validation) {
      report('validating');
      const scores = await validate(trainer, validation, batchSize, room, goOn);
      if (!scores) return 'stopped';
      metrics.validationLoss = scores.loss;
      metrics.validationAccuracy = scores.accuracy;
    }
    history.push(metrics);
    await hooks.onEpoch(metrics);
    savedAt = control.now();
    if (control.stopped && epoch < epochs) return 'stopped';
  }
  return 'completed';
}

/** Loss and accuracy over `data` in inference mode; null when stopped half way. */
async function validate(
  trainer: Trainer,
  data: ImageSource,
  batchSize: number,
  room: Room,
  goOn: () => Promise<boolean>,
) {
  let lossSum = 0;
  let correct = 0;
  let images = 0;
  for await (const batch of batchesInOrder(data, batchSize)) {
    room.inParts(batch, (pixels, labels) => {
      const scores = trainer.evaluate(pixels, labels);
      lossSum += scores.lossSum;
      correct += scores.correct;
      images += labels.length;
    });
    if (!(await goOn())) return null;
  }
  if (images === 0) throw nothingLeft();
  return { loss: lossSum / images, accuracy: correct / images };
}

const nothingLeft = (): ReceptiveError =>
  new ReceptiveError(
    'no-images',
    'None of the images can be read any more, neither from the cache nor from their files.',
    'Bring the files back, then resume the run.',
  );

/** Says where in the run training diverged; any other error stays as it is. */
function placed(error: unknown, epoch: number, step: number, learningRate: number): unknown {
  if (!(error instanceof ReceptiveError) || error.code !== 'diverged') return error;
  const rate = Number(learningRate.toPrecision(3));
  return new ReceptiveError(
    'diverged',
    `Training diverged at step ${step} of epoch ${epoch}, with learning rate ${rate}. ${error.message}`,
    `Try a smaller learning rate (${Number((rate / 10).toPrecision(3))}), a warm-up, gradient clipping, or batch normalisation.`,
  );
}
