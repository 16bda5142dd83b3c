/** From the channels' sums to what the next layers see, by hand. */
import { expect, test } from 'vitest';
import type { SumOfMap } from '../../../../src-main/shared/inspect/sum.ts';
import { sumLines } from '../../../../src-renderer/views/inspect/sum/sum-lines.ts';

test('products, bias, batch norm and activation, each from the one before, beside what the engine has', () => {
  const sum = {
    ...{ input: { shape: [4, 4, 3], values: new Float32Array(48) }, bias: 0.5, output: new Float32Array([0, 2.5]) },
    after: [
      {
        ...{ kind: 'normalisation', by: 'batchNorm', layer: 'bn1', gamma: 2, beta: -1, epsilon: 0.75 },
        ...{ mean: [-0.5], variance: [3.25], output: new Float32Array([0, 2]) },
      },
      { kind: 'activation', layer: 'relu1', function: 'relu', output: new Float32Array([0, 2]) },
    ],
  } as unknown as SumOfMap;
  // 2 (2.5 + 0.5) / sqrt(3.25 + 0.75) - 1 = 2
  expect(sumLines(sum, 1, 2, 'channel')).toEqual([
    { title: 'All 3 channels', formula: '', value: 2, engine: null },
    { title: 'Bias', formula: '', value: 0.5, engine: null },
    { title: 'Sum', formula: '', value: 2.5, engine: 2.5 },
    { title: 'Batch norm bn1', formula: '2 × (2.5 − (−0.5)) / √(3.25 + 0.75) + (−1)', value: 2, engine: 2 },
    { title: 'Activation relu1', formula: 'relu(2)', value: 2, engine: 2 },
  ]);
  expect(sumLines({ ...sum, bias: null, after: [] }, 1, 2, 'channel')[1]).toMatchObject({ title: 'Bias', value: null });
});
