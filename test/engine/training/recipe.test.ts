/** What the loop makes of the recipe. */
import { expect, it } from 'vitest';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { trainingLoop } from '../../../src-main/engine/training/loop.ts';
import type { ImageTensors } from '../../../src-main/engine/training/trainer.ts';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import type { EpochMetrics, Recipe } from '../../../src-main/shared/run.ts';

/** Ten images of one grey pixel: five steps of two. */
const ten: ImageTensors = { pixels: new Uint8Array(10), labels: new Int32Array(10) };

/** Trains nothing; each epoch's validation loss is the next of `losses`. */
async function train(given: Partial<Recipe>, losses: number[] = []) {
  const rates: number[] = [];
  const epochs: EpochMetrics[] = [];
  const trainer = {
    step: (_pixels: Uint8Array, _labels: Int32Array, rate: number) => void rates.push(rate),
    evaluate: () => ({ lossSum: 2 * (losses[epochs.length] ?? 1), correct: 0 }), // five batches of ten images
    readMetrics: () => ({ loss: 1, accuracy: 0.5, images: 10 }),
    metricSums: () => [1, 1, 1],
    resetMetrics: () => undefined,
    readWeights: () => [],
    suspend: () => undefined,
  };
  const recipe = recipeSchema.parse({ batchSize: 2, learningRate: 1, ...given });
  const hooks = {
    onProgress: () => undefined,
    onEpoch: (metrics: EpochMetrics) => void epochs.push(metrics),
    onCheckpoint: () => undefined,
  };

  const end = await trainingLoop(trainer, ten, losses.length > 0 ? ten : null, recipe, new WorkControl(), hooks);
  return { end, rates, epochs };
}

it('each step has the learning rate of its place in the run', async () => {
  const { rates } = await train({ epochs: 3, schedule: 'step', dropEpochs: 1, dropFactor: 0.5, warmupEpochs: 0.4 });
  expect(rates).toEqual([0.5, 1, 1, 1, 1, ...Array<number>(5).fill(0.5), ...Array<number>(5).fill(0.25)]);
});

it('on a plateau of the validation loss the learning rate falls', async () => {
  const given = { epochs: 4, schedule: 'plateau', dropEpochs: 1, dropFactor: 0.5 } as const;
  const { rates } = await train(given, [0.1, 0.2, 0.05, 0.3]);
  expect(rates.filter((_, step) => step % 5 === 0)).toEqual([1, 1, 0.5, 0.5]);
});

it('early stopping ends the run after so many epochs without a lower validation loss', async () => {
  const { end, epochs } = await train({ epochs: 9, earlyStopping: 2 }, [0.3, 0.1, 0.2, 0.15, 0.05]);
  expect(end).toBe('completed');
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
});
