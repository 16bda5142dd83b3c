import { describe, expect, it } from 'vitest';
import { Activations, activationsOf } from '../../../src-main/engine/inspection/activations.ts';
import type { Shape } from '../../../src-main/shared/network/spec.ts';
import { flat, PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import type { Cells } from '../../oracle/plain-network.ts';
import { expectClose, network, perturb, randomImages, scaled, withModel } from '../graph/helpers.ts';

const branching = network(
  [
    { name: 'conv1', kind: 'conv2d', filters: 4, kernelSize: [3, 2], padding: 'same', strides: [1, 2] },
    { name: 'bn1', kind: 'batchNorm' },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'conv2', kind: 'conv2d', filters: 4, kernelSize: 3, padding: [1, 1], from: ['relu1'] },
    { name: 'skip', kind: 'add', from: ['relu1', 'conv2'] },
    { name: 'both', kind: 'concat', from: ['skip', 'bn1'] },
    { name: 'pool', kind: 'maxPool', poolSize: 2 },
    { name: 'flat', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
  { size: [9, 8], channels: 3 },
);

const planeOf = (cells: Cells, map: number): number[] => cells.flat().map((cell) => cell[map]!);
const mean = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;

describe.each([1, 2, 3])('the maps of a random branching network (%i)', (seed) => {
  it('are those of plain arrays, layer by layer: values, bytes and figures', () =>
    withModel(branching, 3, { seed }, (model) => {
      perturb(model, seed);
      const pixels = randomImages(branching, 1, seed);
      const plain = new PlainNetwork(branching, model.readWeights());
      const expected = plain.run(toCells(scaled(pixels), [9, 8, 3]));
      const activations = new Activations(model, branching, pixels);
      for (const { name, shape, statistics } of activations.summaries()) {
        const cells = expected.get(name)!;
        const isVector = shape.length === 1;
        for (let map = 0; map < (isVector ? 1 : shape[2]); map++) {
          const plane = isVector ? flat(cells) : planeOf(cells, map);
          expectClose(activations.values(name, map), plane, 1e-5, `${name} ${map}`);
          const { bytes } = activations.maps(name, map, 1);
          const [low, high] = [Math.min(...plane), Math.max(...plane)];
          const half = (high - low) / 508;
          const worst = plane.map((value, at) => Math.abs(low + (bytes[at]! / 254) * (high - low) - value));
          expect(Math.max(...worst), `bytes of ${name} ${map}`).toBeLessThan(half + 1e-5);
          const average = mean(plane);
          expectClose(
            [statistics.min[map]!, statistics.max[map]!, statistics.mean[map]!],
            [low, high, average],
            1e-5,
            name,
          );
          expectClose([statistics.variance[map]!], [mean(plane.map((value) => (value - average) ** 2))], 1e-5, name);
          if (name === 'relu1') expect(statistics.zeros[map]).toBeCloseTo(mean(plane.map((v) => (v === 0 ? 1 : 0))), 6);
        }
      }
      expectClose(activations.probabilities, plain.probabilities(toCells(scaled(pixels), [9, 8, 3])), 1e-5, 'softmax');
    }));
});

describe('maps as bytes', () => {
  const wide = network(
    [
      { name: 'conv1', kind: 'conv2d', filters: 6, kernelSize: 1, useBias: false },
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ],
    { size: [3, 150], channels: 1 },
  );

  it('come in parts that join up, and a preview keeps every nth cell', () =>
    withModel(wide, 2, { seed: 1 }, (model) => {
      const activations = new Activations(model, wide, randomImages(wide, 1, 1));
      const all = activations.maps('conv1', 0, 6).bytes;
      const parts = [activations.maps('conv1', 0, 4), activations.maps('conv1', 4, 4)];
      expect(parts.map(({ count }) => count)).toEqual([4, 2]);
      expect([...parts[0]!.bytes, ...parts[1]!.bytes]).toEqual([...all]);
      const { preview, shape } = activations.summaries()[0]!;
      expect(shape satisfies Shape).toEqual([3, 150, 6]);
      expect([preview.count, preview.height, preview.width]).toEqual([4, 1, 50]);
      expect([...preview.bytes.subarray(50, 53)]).toEqual([all[450], all[453], all[456]]);
    }));

  it('mark what is not a number, and keep the figures of the rest', () =>
    withModel(wide, 2, { seed: 1 }, (model) => {
      const weights = model.readWeights().map((tensor) => {
        const values = tensor.name === 'conv1/kernel' ? Float32Array.of(NaN, 1, Infinity, 0, 2, -1) : tensor.values;
        return { ...tensor, values };
      });
      model.writeWeights(weights);
      const pixels = new Uint8Array(450).fill(255);
      pixels[0] = 0; // infinity times 0 is not a number either
      const activations = new Activations(model, wide, pixels);
      const { statistics } = activations.summaries()[0]!;
      expect([...statistics.broken]).toEqual([450, 0, 450, 0, 0, 0]);
      expect([...statistics.min]).toEqual([0, 0, 0, 0, 0, -1]);
      expect([...statistics.max]).toEqual([0, 1, 0, 0, 2, 0]);
      expect(activations.maps('conv1', 0, 1).bytes.every((byte) => byte === 255)).toBe(true);
      expect([...activations.maps('conv1', 5, 1).bytes.subarray(0, 2)]).toEqual([254, 0]);
    }));

  it('are refused by name where there are none', () =>
    withModel(wide, 2, { seed: 1 }, (model) => {
      const activations = new Activations(model, wide, randomImages(wide, 1, 1));
      expect(() => activations.values('conv1', 6)).toThrow('conv1 has no map 6; it has 6.');
      expect(() => activations.maps('conv9', 0, 1)).toThrow('no layer called conv9');
    }));

  it('of the same image are computed once', () =>
    withModel(wide, 2, { seed: 1 }, async (model) => {
      let read = 0;
      const pixels = () => Promise.resolve(randomImages(wide, 1, ++read));
      const first = await activationsOf(model, wide, 1, pixels);
      expect(await activationsOf(model, wide, 1, pixels)).toBe(first);
      expect(await activationsOf(model, wide, 2, pixels)).not.toBe(first);
      expect(read).toBe(2);
    }));
});
