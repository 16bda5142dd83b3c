import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formulasOf } from '../../../src-main/shared/network/formulas.ts';
import { checkNetwork, parseNetwork } from '../../../src-main/shared/network/index.ts';
import type { NetworkJson, Shape } from '../../../src-main/shared/network/spec.ts';
import { randomNetwork } from '../../oracle/random-network.ts';

type LayerJson = NetworkJson['layers'][number];
const layerOf = (json: LayerJson) => parseNetwork({ input: { size: 8, channels: 1 }, layers: [json] }).layers[0]!;
const texts = (json: LayerJson, ...inputs: Shape[]) =>
  formulasOf(layerOf(json), inputs, 10).map(({ of, text }) => `${of}: ${text}`);

test.each<[LayerJson, Shape[], string[]]>([
  [
    { name: 'a', kind: 'conv2d', filters: 16, kernelSize: 3, strides: 2, padding: [1, 1] },
    [[28, 28, 3]],
    [
      'height: floor((28 + 2×1 − 3) / 2) + 1 = 14',
      'width: floor((28 + 2×1 − 3) / 2) + 1 = 14',
      'parameters: 3 × 16 × 3 × 3 + 16 = 448',
      'multiplyAccumulates: 3 × 16 × 3 × 3 × 14 × 14 = 84672',
    ],
  ],
  [
    { name: 'a', kind: 'maxPool', poolSize: 3, strides: 2, padding: 'same' },
    [[28, 7, 4]],
    ['height: floor((28 + 0 + 1 − 3) / 2) + 1 = 14', 'width: floor((7 + 2×1 − 3) / 2) + 1 = 4'],
  ],
  [
    { name: 'a', kind: 'conv2d', filters: 2, kernelSize: [3, 1], dilationRate: [2, 1], useBias: false },
    [[10, 10, 1]],
    [
      'height: floor((10 + 2×0 − (2×(3 − 1) + 1)) / 1) + 1 = 6',
      'width: floor((10 + 2×0 − 1) / 1) + 1 = 10',
      'parameters: 1 × 2 × 3 × 1 = 6',
      'multiplyAccumulates: 1 × 2 × 3 × 1 × 6 × 10 = 360',
    ],
  ],
  [{ name: 'a', kind: 'flatten' }, [[5, 5, 16]], ['units: 5 × 5 × 16 = 400']],
  [
    { name: 'a', kind: 'concat', from: ['b', 'c'] },
    [
      [4, 4, 3],
      [4, 4, 5],
    ],
    ['channels: 3 + 5 = 8'],
  ],
  [
    { name: 'a', kind: 'dense', units: 'classes' },
    [[84]],
    ['parameters: 84 × 10 + 10 = 850', 'multiplyAccumulates: 84 × 10 = 840'],
  ],
  [{ name: 'a', kind: 'batchNorm' }, [[4, 4, 16]], ['parameters: 2 × 16 = 32']],
  [{ name: 'a', kind: 'activation', function: 'relu' }, [[4, 4, 16]], []],
])('%j', (layer, inputs, expected) => {
  if (layer.kind === 'concat') {
    expect(formulasOf({ ...layer, from: layer.from! }, inputs, 10).map(({ of, text }) => `${of}: ${text}`)).toEqual(
      expected,
    );
  } else expect(texts(layer, ...inputs)).toEqual(expected);
});

/** Reads a formula's left side as arithmetic, sharing nothing with how it was written. */
function evaluate(left: string): number {
  const code = left
    .replaceAll('×', '*')
    .replaceAll('−', '-')
    .replaceAll('floor', 'Math.floor')
    .replaceAll('max', 'Math.max');
  return Number(new Function(`return ${code}`)());
}

test('every formula comes to what it says, and to what the description says', () => {
  fc.assert(
    fc.property(
      fc.gen().map((g) => randomNetwork((min, max) => g(fc.integer, { min, max }))),
      (network) => {
        for (const [index, row] of checkNetwork(network, 10).entries()) {
          const inputs = (Array.isArray(row.inputShape[0]) ? row.inputShape : [row.inputShape]) as Shape[];
          const [height, width] = row.outputShape;
          const last = row.outputShape.at(-1);
          const said = {
            height,
            width,
            channels: last,
            units: last,
            parameters: row.params,
            multiplyAccumulates: row.macs,
          };
          for (const { of, text, value } of formulasOf(network.layers[index]!, inputs, 10)) {
            const [left, right] = text.split(' = ') as [string, string];
            expect(evaluate(left), text).toBe(Number(right));
            expect(value, text).toBe(said[of]);
            expect(Number(right)).toBe(value);
          }
        }
      },
    ),
    { seed: 31, numRuns: process.env.RECEPTIVE_SOAK ? 3000 : 100 },
  );
});
