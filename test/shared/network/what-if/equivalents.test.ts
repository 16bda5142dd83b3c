import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkNetwork, describeNetwork, parseNetwork } from '../../../../src-main/shared/network/index.ts';
import type { LayerOf, NetworkJson } from '../../../../src-main/shared/network/spec.ts';
import {
  connectionsOf,
  convolutionCost,
  costsByImageSize,
  denseCost,
  separableCost,
} from '../../../../src-main/shared/network/what-if/equivalents.ts';

type Maps = [number, number, number];
type ConvJson = Extract<NetworkJson['layers'][number], { kind: 'conv2d' }>;
const convOf = (more: Omit<ConvJson, 'name' | 'kind'>): LayerOf<'conv2d'> => {
  const json: ConvJson = { name: 'it', kind: 'conv2d', ...more };
  return parseNetwork({ input: { size: 8, channels: 1 }, layers: [json] }).layers[0] as LayerOf<'conv2d'>;
};

test('LeNet-5’s first layer, by hand', () => {
  const conv = convOf({ filters: 6, kernelSize: 5 });
  const input: Maps = [32, 32, 1];
  expect(convolutionCost(conv, input)).toEqual({ params: 156, macs: 117_600 });
  expect(denseCost(conv, input)).toEqual({ params: 4_821_600, macs: 4_816_896 });
  expect(separableCost(conv, input)).toEqual({ params: 25 + 6 + 6, macs: 31 * 28 * 28 });
  const { possible, made, zeroShare, weights, usesPerWeight } = connectionsOf(conv, input);
  expect([possible, made, weights, usesPerWeight]).toEqual([4_816_896, 117_600, 150, 784]);
  expect(zeroShare).toBeCloseTo(0.97559, 5);
});

const layers = fc.record({
  filters: fc.integer({ min: 1, max: 4 }),
  kernelSize: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  padding: fc.constantFrom<NonNullable<ConvJson['padding']>>('valid', 'same', [1, 0], [2, 2]),
  useBias: fc.boolean(),
});
const inputs = fc.tuple(fc.integer({ min: 4, max: 7 }), fc.integer({ min: 4, max: 7 }), fc.integer({ min: 1, max: 3 }));

test('costs are those of networks that have such layers', () => {
  fc.assert(
    fc.property(layers, inputs, (fields, input) => {
      const conv = convOf(fields);
      const figures = (...jsons: NetworkJson['layers']) => {
        const end: NetworkJson['layers'] = [
          { name: 'end', kind: 'globalAvgPool' },
          { name: 'logits', kind: 'dense', units: 'classes' },
        ];
        const all = jsons.at(-1)!.kind === 'dense' ? [...jsons, end[1]!] : [...jsons, ...end];
        const network = parseNetwork({ input: { size: [input[0], input[1]], channels: input[2] }, layers: all });
        const rows = checkNetwork(network, 10).slice(0, jsons.length);
        return {
          params: sum(rows.map(({ params }) => params)),
          macs: sum(rows.map(({ macs }) => macs)),
          output: rows.at(-1)!.outputShape,
        };
      };
      const itself = figures({ name: 'it', kind: 'conv2d', ...fields });
      expect(convolutionCost(conv, input)).toEqual({ params: itself.params, macs: itself.macs });
      const units = itself.output.reduce((product, length) => product * length, 1);
      const dense = figures(
        { name: 'flat', kind: 'flatten' },
        { name: 'it', kind: 'dense', units, useBias: fields.useBias },
      );
      expect(denseCost(conv, input)).toEqual({ params: dense.params, macs: dense.macs });
      const depthwise = {
        name: 'dw',
        kind: 'depthwiseConv2d' as const,
        kernelSize: fields.kernelSize,
        strides: fields.strides,
        padding: fields.padding,
        useBias: false,
      };
      const separable = figures(depthwise, {
        name: 'pw',
        kind: 'conv2d',
        filters: fields.filters,
        kernelSize: 1,
        useBias: fields.useBias,
      });
      expect(separableCost(conv, input)).toEqual({ params: separable.params, macs: separable.macs });
    }),
    { seed: 41, numRuns: 100 },
  );
});

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

test('connections are the non-zero entries of the matrix that does the same', () => {
  fc.assert(
    fc.property(layers, inputs, (fields, input) => {
      const conv = convOf(fields);
      const { possible, made, weights } = connectionsOf(conv, input);
      const shape = describeNetwork(
        parseNetwork({
          input: { size: [input[0], input[1]], channels: input[2] },
          layers: [{ name: 'it', kind: 'conv2d', ...fields }],
        }),
        10,
      ).layers[0]!.outputShape as Maps;
      const same = fields.padding === 'same';
      const before = ([0, 1] as const).map((axis) => {
        if (!same) return typeof fields.padding === 'string' ? 0 : (fields.padding as [number, number])[axis];
        return Math.floor(
          Math.max((shape[axis] - 1) * fields.strides[axis] + fields.kernelSize[axis] - input[axis], 0) / 2,
        );
      });
      let count = 0;
      for (let y = 0; y < shape[0]; y++) {
        for (let x = 0; x < shape[1]; x++) {
          for (let row = 0; row < input[0]; row++) {
            for (let column = 0; column < input[1]; column++) {
              const i = row - (y * fields.strides[0] - before[0]!);
              const j = column - (x * fields.strides[1] - before[1]!);
              if (i >= 0 && i < fields.kernelSize[0] && j >= 0 && j < fields.kernelSize[1]) count++;
            }
          }
        }
      }
      expect(made).toBe(count * input[2] * shape[2]);
      expect(possible).toBe(input[0] * input[1] * input[2] * shape[0] * shape[1] * shape[2]);
      expect(weights).toBe(input[2] * shape[2] * fields.kernelSize[0] * fields.kernelSize[1]);
    }),
    { seed: 42, numRuns: 100 },
  );
});

test('over image sizes, the convolution keeps its parameters and the dense layer does not', () => {
  const rows = costsByImageSize(convOf({ filters: 4, kernelSize: 5 }), 3, [2, 8, 16, 32]);
  expect(rows.map(({ edge }) => edge)).toEqual([8, 16, 32]);
  expect(new Set(rows.map(({ convolution }) => convolution.params)).size).toBe(1);
  expect(rows[2]!.dense.params / rows[1]!.dense.params).toBeGreaterThan(16);
});
