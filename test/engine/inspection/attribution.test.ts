import { describe, expect, test } from 'vitest';
import { gradCam, integratedGradients, occlusion } from '../../../src-main/engine/inspection/attribution.ts';
import type { UseModel } from '../../../src-main/engine/inspection/use-model.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { patchStarts, usualPatch } from '../../../src-main/shared/inspect/attribution.ts';
import type { Attribution } from '../../../src-main/shared/inspect/attribution.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { flat, PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import type { Cells } from '../../oracle/plain-network.ts';
import { expectClose, network, perturb, randomImages, withModel } from '../graph/helpers.ts';

const [mean, deviation] = [
  [0.4, 0.5],
  [0.3, 0.2],
];

/** A random small network: convolutions of random size, with and without batch norm and pooling. */
function randomNet(seed: number) {
  const random = createRandom(seed, 'attribution');
  const pick = (min: number, max: number) => min + random.int(max - min + 1);
  return network([
    { name: 'conv1', kind: 'conv2d', filters: pick(2, 4), kernelSize: [pick(1, 3), pick(1, 3)], padding: 'same' },
    { name: 'bn1', kind: 'batchNorm' },
    { name: 'act1', kind: 'activation', function: 'tanh' },
    ...(pick(0, 1) ? [{ name: 'pool1', kind: 'avgPool', poolSize: 2 } as const] : []),
    { name: 'conv2', kind: 'conv2d', filters: pick(2, 4), kernelSize: 2, strides: pick(1, 2) },
    { name: 'act2', kind: 'activation', function: 'tanh' },
    ...(pick(0, 1) ? [{ name: 'gap', kind: 'globalAvgPool' } as const] : [{ name: 'flat', kind: 'flatten' } as const]),
    { name: 'logits', kind: 'dense', units: 'classes' },
  ]);
}

interface Given {
  use: UseModel;
  model: Model;
  plain: PlainNetwork;
  pixels: Uint8Array;
  /** Pixels as the first layer sees them, as plain arrays. */
  see: (pixels: ArrayLike<number>) => Cells;
}

const withNet = (seed: number, work: (given: Given) => Promise<void>): Promise<void> => {
  const net = randomNet(seed);
  return withModel(net, 3, { seed, normalisation: { mean: mean!, deviation: deviation! } }, async (model) => {
    perturb(model, seed);
    await work({
      use: (piece) => Promise.resolve().then(() => piece(model, net)),
      model,
      plain: new PlainNetwork(net, model.readWeights()),
      pixels: randomImages(net, 1, seed),
      see: (pixels) =>
        toCells(pixels, [7, 6, 2]).map((row) =>
          row.map((cell) => cell.map((value, c) => (value / 255 - mean![c]!) / deviation![c]!)),
        ),
    });
  });
};
const watch = () => ({ signal: new AbortController().signal, progress: () => undefined });

test.each([1, 2, 3])('Grad-CAM is that of plain arrays (network %i)', async (seed) => {
  await withNet(seed, async ({ use, plain, pixels, see }) => {
    for (const [layer, classIndex] of [
      ['act2', 0],
      ['conv1', 2],
    ] as const) {
      const image = see(pixels);
      const maps = plain.run(image).get(layer)!;
      const gradient = plain.gradient(image, layer, classIndex);
      const weights = maps[0]![0]!.map((_, c) => {
        const slopes = gradient.flat().map((cell) => cell[c]!);
        return slopes.reduce((a, b) => a + b) / slopes.length;
      });
      const cam = maps.map((row) =>
        row.map((cell) =>
          Math.max(
            0,
            cell.reduce((sum, v, c) => sum + v * weights[c]!, 0),
          ),
        ),
      );
      // A cell's share in a pixel falls off linearly with the distance of their middles, in cells, and is 0 at 1.
      const spread = Array.from({ length: 42 }, (_, pixel) => {
        const near = (at: number, length: number, cells: number) => {
          const middle = Math.min(Math.max(((at + 0.5) / length) * cells - 0.5, 0), cells - 1);
          return Array.from({ length: cells }, (_, cell) => Math.max(0, 1 - Math.abs(middle - cell)));
        };
        const rows = near(Math.floor(pixel / 6), 7, cam.length);
        const columns = near(pixel % 6, 6, cam[0]!.length);
        return cam.reduce((sum, row, y) => sum + row.reduce((part, v, x) => part + v * rows[y]! * columns[x]!, 0), 0);
      });
      const found = await gradCam(use, { pixels, classIndex }, layer);
      expectClose(found.heat, spread, 1e-3, `${layer}, class ${classIndex}`);
      expect(found.logit).toBeCloseTo(plain.logits(image)[classIndex]!, 4);
      expect(found.probability).toBeCloseTo(plain.probabilities(image)[classIndex]!, 5);
    }
  });
});

test.each([4, 5])('occlusion is that of plain arrays (network %i)', async (seed) => {
  await withNet(seed, async ({ use, plain, pixels, see }) => {
    const patch = { size: 3, stride: 2 };
    const whole = plain.probabilities(see(pixels))[1]!;
    const falls: number[][] = Array.from({ length: 42 }, () => []);
    for (const top of [0, 2, 4]) {
      for (const left of [0, 2, 3]) {
        const isCovered = (at: number) => {
          const [y, x] = [Math.floor(at / 6), at % 6];
          return y >= top && y < top + 3 && x >= left && x < left + 3;
        };
        const covered = pixels.map((value, at) => (isCovered(Math.floor(at / 2)) ? 128 : value));
        const fall = whole - plain.probabilities(see(covered))[1]!;
        falls.forEach((list, at) => isCovered(at) && list.push(fall));
      }
    }
    const expected = falls.map((list) => list.reduce((a, b) => a + b) / list.length);
    const seen: Attribution[] = [];
    const options = { patch, fill: 'grey' } as const;
    const steps: number[] = [];
    const found = await occlusion(use, { pixels, classIndex: 1 }, options, {
      ...watch(),
      progress: (done) => steps.push(done),
      onHeat: (so) => seen.push(so),
    });
    expectClose(found.heat, expected, 1e-4, 'heat');
    expect(steps).toEqual([0, 8, 9]);
    expect(seen[0]!.heat.some(Number.isNaN)).toBe(true);
    expect(seen.at(-1)).toEqual(found);
  });
});

test.each([6, 7])('integrated gradients are those of plain arrays, and complete (network %i)', async (seed) => {
  await withNet(seed, async ({ use, plain, pixels, see }) => {
    const [image, black] = [flat(see(pixels)), flat(see(new Uint8Array(84)))];
    const steps = 10;
    const expected = new Array<number>(42).fill(0);
    for (let step = 0; step < steps; step++) {
      const share = (step + 0.5) / steps;
      const between = toCells(
        image.map((to, at) => black[at]! + share * (to - black[at]!)),
        [7, 6, 2],
      );
      flat(plain.gradient(between, 'input', 2)).forEach((slope, at) => {
        expected[Math.floor(at / 2)]! += (slope / steps) * (image[at]! - black[at]!);
      });
    }
    const options = { baseline: 'black', steps } as const;
    const found = await integratedGradients(use, { pixels, classIndex: 2 }, options, watch());
    expectClose(found.heat, expected, 1e-3, 'heat');
    const difference = plain.logits(see(pixels))[2]! - plain.logits(see(new Uint8Array(84)))[2]!;
    expect(found.completeness!.difference).toBeCloseTo(difference, 4);
    const fine = await integratedGradients(use, { pixels, classIndex: 2 }, { ...options, steps: 200 }, watch());
    expect(fine.completeness!.sum).toBeCloseTo(difference, 2);
  });
});

describe('what cannot be asked', () => {
  test('layers without maps, unknown classes', async () => {
    await withNet(1, async ({ use, pixels }) => {
      await expect(gradCam(use, { pixels, classIndex: 0 }, 'logits')).rejects.toThrow(/gives a vector/);
      await expect(gradCam(use, { pixels, classIndex: 3 }, 'act2')).rejects.toMatchObject({ code: 'usage' });
    });
  });

  test('long work ends when it is cancelled', async () => {
    await withNet(1, async ({ use, pixels }) => {
      const cancelled = { signal: AbortSignal.abort(), progress: () => undefined, onHeat: () => undefined };
      const question = { pixels, classIndex: 0 };
      const covering = occlusion(use, question, { patch: { size: 1, stride: 1 }, fill: 'black' }, cancelled);
      await expect(covering).rejects.toMatchObject({ code: 'interrupted' });
      const going = integratedGradients(use, question, { baseline: 'black', steps: 4 }, cancelled);
      await expect(going).rejects.toMatchObject({ code: 'interrupted' });
    });
  });

  test('broken weights give heat that is no number', async () => {
    await withNet(1, async ({ use, model, pixels }) => {
      model.writeWeights(model.readWeights().map((one) => ({ ...one, values: one.values.map(() => NaN) })));
      const { heat, probability } = await gradCam(use, { pixels, classIndex: 0 }, 'act2');
      expect([heat.every(Number.isNaN), probability]).toEqual([true, NaN]);
    });
  });
});

test('patches cover the whole image, a small one too', () => {
  expect(patchStarts(10, { size: 4, stride: 3 })).toEqual([0, 3, 6]);
  expect(patchStarts(11, { size: 4, stride: 3 })).toEqual([0, 3, 6, 7]);
  expect(patchStarts(2, { size: 4, stride: 3 })).toEqual([0]);
  expect(usualPatch(224, 224)).toEqual({ size: 32, stride: 16 });
  expect(usualPatch(4, 2000)).toEqual({ size: 13, stride: 7 });
  expect(usualPatch(1, 1)).toEqual({ size: 1, stride: 1 });
});
