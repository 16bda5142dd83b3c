import { describe, expect, it } from 'vitest';
import { deadOnBatch } from '../../../src-main/engine/inspection/dead-maps.ts';
import type { UseModel } from '../../../src-main/engine/inspection/use-model.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { network, perturb, randomImages, scaled, withModel } from '../graph/helpers.ts';

const net = network(
  [
    { name: 'conv', kind: 'conv2d', filters: 8, kernelSize: 3 },
    { name: 'act', kind: 'activation', function: 'relu' },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
  { size: [7, 6], channels: 2 },
);
const images = 5;
const wanted = new AbortController().signal;
const pathsOf = (count: number) => Array.from({ length: count }, (_, at) => `/images/${at}.png`);
const using =
  (model: Model): UseModel =>
  async (work) =>
    work(model, net);

/** Kernels of the convolution by filter: 0 gives nothing but its bias, 1 is cut off by the activation, 5 may be no number. */
function spoil(model: Model, seed: number, broken: boolean): void {
  perturb(model, seed);
  const written = model.readWeights().map((one) => {
    if (one.name === 'conv/kernel') {
      return {
        ...one,
        values: one.values.map((value, at) => (at % 8 === 0 ? 0 : broken && at % 8 === 5 ? NaN : value)),
      };
    }
    if (one.name === 'conv/bias') return { ...one, values: Float32Array.of(0.5, -99, 9, 0, 0, 0, 0, 0) };
    return one;
  });
  model.writeWeights(written);
}

describe.each([1, 2, 3])('maps that have one value on all images (%i)', (seed) => {
  const pixels = randomImages(net, images, seed);
  const one = pixels.length / images;

  it.each(['conv', 'act', 'gap', 'logits'])('at %s are those of plain arrays', (layer) =>
    withModel(net, 3, { seed }, async (model) => {
      spoil(model, seed, layer === 'conv'); // TensorFlow's relu makes 0 of NaN
      const plain = new PlainNetwork(net, model.readWeights());
      const all = Array.from({ length: images }, (_, image) => {
        const cells = toCells(scaled(pixels.subarray(image * one, (image + 1) * one)), [7, 6, 2]);
        return plain.run(cells).get(layer)!.flat();
      }).flat();
      const expected = all[0]!.flatMap((first, map) => (all.every((cell) => cell[map] === first) ? [map] : []));
      const found = await deadOnBatch(using(model), { pixels, paths: pathsOf(images) }, layer, wanted);
      expect(found).toEqual({ batch: pathsOf(images), dead: expected });
      if (layer === 'conv') expect(expected).toEqual([0]);
      if (layer === 'act') expect(expected.slice(0, 2)).toEqual([0, 1]);
    }),
  );
});

it('a map that is dead on the first images only is not dead', () =>
  withModel(net, 3, { seed: 1 }, async (model) => {
    const random = createRandom(1);
    const pixels = new Uint8Array(images * 7 * 6 * 2);
    pixels
      .fill(0)
      .subarray(-84)
      .forEach((_, at, last) => (last[at] = random.int(256)));
    const batch = (count: number) => ({ pixels: pixels.subarray(0, count * 84), paths: pathsOf(count) });
    const dead = async (count: number) => (await deadOnBatch(using(model), batch(count), 'conv', wanted)).dead;
    expect([await dead(4), await dead(5)]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], []]);
  }));

it('other layers are refused, and it ends when something newer is asked', () =>
  withModel(net, 3, { seed: 1 }, async (model) => {
    const batch = { pixels: randomImages(net, 2, 1), paths: pathsOf(2) };
    await expect(deadOnBatch(using(model), batch, 'gone', wanted)).rejects.toThrow('gone is not in the network');
    const stopped = deadOnBatch(using(model), batch, 'conv', AbortSignal.abort());
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  }));
