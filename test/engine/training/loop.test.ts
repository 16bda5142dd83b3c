import { expect, it } from 'vitest';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { trainingLoop } from '../../../src-main/engine/training/loop.ts';
import type { ImageTensors, Trainer } from '../../../src-main/engine/training/trainer.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import type { EpochMetrics, TrainingProgress } from '../../../src-main/shared/run.ts';

/** Ten images of one grey pixel. */
const ten: ImageTensors = { pixels: new Uint8Array(10), labels: new Int32Array(10) };

/** Trains nothing; tells of each batch it is given, in training and in validation. */
const idleTrainer = (onStep: () => void, onEvaluate: () => void = () => undefined): Trainer => ({
  step: onStep,
  evaluate: () => {
    onEvaluate();
    return { lossSum: 0, correct: 0 };
  },
  readMetrics: () => ({ loss: 1, accuracy: 0.5, images: 10 }),
  resetMetrics: () => undefined,
  metricSums: () => [10, 5, 10],
  readWeights: () => [],
  suspend: () => undefined,
});

it.each(['step', 'evaluate'] as const)('a pause in %s is not counted as training time', async (where) => {
  const control = new WorkControl();
  let pauses = 0;
  /** As a request does, it comes while the loop lets messages be answered. */
  const pauseOnce = () => {
    if (pauses++ > 0) return;
    setImmediate(() => control.pause());
    setTimeout(() => control.continue(), 400);
  };
  const epochs: EpochMetrics[] = [];
  const told: TrainingProgress[] = [];
  const trainer = where === 'step' ? idleTrainer(pauseOnce) : idleTrainer(() => undefined, pauseOnce);
  const recipe = recipeSchema.parse({ epochs: 2, batchSize: 2 });
  const startedAt = performance.now();
  await trainingLoop(trainer, ten, ten, recipe, control, {
    onProgress: (progress) => told.push(progress),
    onEpoch: (metrics) => void epochs.push(metrics),
    onCheckpoint: () => undefined,
  });
  const wallMs = performance.now() - startedAt;

  expect(wallMs).toBeGreaterThan(390);
  const countedMs = epochs.map(({ imagesPerSecond }) => (1000 * ten.labels.length) / imagesPerSecond);
  expect(countedMs[0]! + countedMs[1]!).toBeLessThan(wallMs - 350);
  expect(told.filter(({ state }) => state === 'validating')).toHaveLength(2);
});

it('the pace of an epoch that is gone on with is that of all its steps', async () => {
  const recipe = recipeSchema.parse({ epochs: 1, batchSize: 2 });
  const begun = { steps: 4, seconds: 100, sums: [8, 4, 8] };
  const epochs: EpochMetrics[] = [];
  const hooks = {
    onProgress: () => undefined,
    onEpoch: (metrics: EpochMetrics) => void epochs.push(metrics),
    onCheckpoint: () => undefined,
  };
  await trainingLoop(
    idleTrainer(() => undefined),
    ten,
    null,
    recipe,
    new WorkControl(),
    hooks,
    {
      from: { epoch: 0, begun },
    },
  );
  // Ten images in the 100 s before and the moment since.
  expect(epochs[0]!.imagesPerSecond).toBeLessThanOrEqual(0.1);
});
