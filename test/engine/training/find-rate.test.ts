import { expect, it } from 'vitest';
import { Model } from '../../../src-main/engine/graph/model.ts';
import { WorkControl } from '../../../src-main/engine/training/control.ts';
import { searchRate } from '../../../src-main/engine/training/find-rate.ts';
import type { ImageTensors } from '../../../src-main/engine/training/trainer.ts';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import { rateOfStep, rateSteps } from '../../../src-main/shared/rate-search.ts';
import { network, withModel } from '../graph/helpers.ts';

/** Images of one bright row each: its place is the class. */
const images: ImageTensors = {
  labels: Int32Array.from({ length: 24 }, (_, at) => at % 4),
  pixels: Uint8Array.from({ length: 24 * 16 }, (_, at) =>
    Math.floor((at % 16) / 4) === Math.floor(at / 16) % 4 ? 255 : 0,
  ),
};
const net = network(
  [
    { name: 'flatten', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
  { size: [4, 4], channels: 1 },
);
const recipe = { batchSize: 8, seed: 1 };

it('suggests a rate at which a network learns what it does not learn at a hundredth of it', async () => {
  await withModel(net, 4, { seed: 1, optimizer: 'adam' }, async (model) => {
    let told = 0;
    const found = await searchRate(model, images, recipe, new WorkControl(), () => told++);
    expect(found!.points).toHaveLength(told);
    expect(found!.points[5]!.learningRate).toBe(rateOfStep(5));
    const lossAfter = (rate: number): number => {
      const fresh = Model.create(net, 4, { seed: 1, optimizer: 'adam' });
      for (let step = 0; step < 40; step++) fresh.step(images.pixels, images.labels, rate);
      const { lossSum } = fresh.evaluate(images.pixels, images.labels);
      fresh.dispose();
      return lossSum / images.labels.length;
    };
    const suggestion = found!.suggestion!;
    expect(lossAfter(suggestion)).toBeLessThan(0.8 * lossAfter(suggestion / 100));
  });
});

/** Trains nothing: its losses are given, and it diverges after them. */
const scripted = (losses: number[]) => {
  let step = -1;
  return {
    step: () => {
      if (++step === losses.length) throw new ReceptiveError('diverged', 'Layer "a": NaN.');
    },
    readMetrics: () => ({ loss: losses[step]!, accuracy: 0, images: 8 }),
    resetMetrics: () => undefined,
    metricSums: () => [],
    evaluate: () => ({ lossSum: 0, correct: 0 }),
    readWeights: () => [],
    suspend: () => undefined,
  };
};

it.each([
  ['when all rates were tried', Array<number>(200).fill(1), rateSteps],
  ['when the loss explodes', [1, 1, 1, 100, 100], 4],
  ['when the numbers are no longer sound, without an error', [1, 0.9, 0.8], 3],
])('ends %s', async (_, losses, steps) => {
  const found = await searchRate(scripted(losses), images, recipe, new WorkControl(), () => undefined);
  expect(found!.points).toHaveLength(steps);
});

it('can be stopped', async () => {
  const control = new WorkControl();
  const found = searchRate(scripted(Array<number>(200).fill(1)), images, recipe, control, (points) => {
    if (points.length === 3) control.stop();
  });
  expect(await found).toBeNull();
});
