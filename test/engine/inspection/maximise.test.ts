import { expect, test } from 'vitest';
import { blur, roll } from '../../../src-main/engine/inspection/ascent-steps.ts';
import { maximise } from '../../../src-main/engine/inspection/maximise.ts';
import type { UseModel } from '../../../src-main/engine/inspection/use-model.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import type { Ascent, MaximisedImage } from '../../../src-main/shared/inspect/drives.ts';
import { describeNetwork } from '../../../src-main/shared/network/index.ts';
import type { Network, NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { flat, PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { expectClose, network, perturb, randomImages, withModel } from '../graph/helpers.ts';
import { plainRandomNetwork, watch } from './drives-support.ts';

const useOf =
  (model: Model, net: Network): UseModel =>
  (work) =>
    Promise.resolve().then(() => work(model, net));
const classes = Array.from({ length: 10 }, (_, at) => `class ${at}`);
const plainly: Omit<Ascent, 'layer'> = {
  ...{ map: 0, cell: null, start: 'image', seed: 1, steps: 3, stepSize: 8, jitter: 0, blur: 0, decay: 0 },
};
const quiet = () => ({ ...watch(), onPicture: () => undefined });

test.each([2, 3, 4])('the steps are those of plain arrays (random network %i)', async (seed) => {
  const net = plainRandomNetwork(seed);
  const { size, channels } = net.input;
  const shape = [...size, channels];
  const normalisation = { mean: [0.4, 0.5, 0.6].slice(0, channels), deviation: [0.3, 0.2, 0.5].slice(0, channels) };
  await withModel(net, 10, { seed, normalisation }, async (model) => {
    perturb(model, seed);
    const plain = new PlainNetwork(net, model.readWeights());
    const image = randomImages(net, 1, seed);
    const see = (pixels: ArrayLike<number>) =>
      toCells(
        Array.from(pixels, (value, at) => {
          const c = at % channels;
          return (value - normalisation.mean[c]!) / normalisation.deviation[c]!;
        }),
        shape,
      );
    for (const { name: layer, outputShape } of describeNetwork(net, 10).layers.slice(-4)) {
      const map = outputShape!.at(-1)! - 1;
      const [height, width] = outputShape!.length === 3 ? outputShape! : [1, 1];
      for (const cell of [null, [height - 1, 0] as [number, number]]) {
        const maps = outputShape!.at(-1)!;
        const weights = new Float64Array(height * width! * maps);
        if (cell) weights[cell[0] * width! * maps + map] = 1;
        else for (let at = map; at < weights.length; at += maps) weights[at] = 1 / (height * width!);
        const valueOf = (pixels: ArrayLike<number>) =>
          flat(plain.run(see(pixels)).get(layer)!).reduce((sum, value, at) => sum + value * weights[at]!, 0);

        let pixels = Array.from(image, (value) => value / 255);
        const curve: number[] = [];
        let steepest = 0;
        for (let step = 0; step < plainly.steps; step++) {
          curve.push(valueOf(pixels));
          const slopes = plain
            .imageGradient(see(pixels), layer, weights)
            .map((slope, at) => slope / normalisation.deviation[at % channels]!);
          const size = Math.sqrt(slopes.reduce((sum, slope) => sum + slope ** 2, 0) / slopes.length);
          steepest = Math.max(steepest, size);
          if (size === 0) break;
          pixels = pixels.map((value, at) => Math.min(1, Math.max(0, value + (8 / 255 / size) * slopes[at]!)));
        }
        // Of a gradient that is next to nothing the differences have no direction.
        if (steepest < 1e-4) continue;
        const found = await maximise(useOf(model, net), { ...plainly, layer, map, cell }, { image, classes }, quiet());
        expectClose(found.curve, curve, 1e-3, `${layer}: the curve`);
        const bytes = pixels.map((value) => value * 255);
        expectClose(found.picture.pixels, bytes, 0.01, `${layer}: the picture`);
        const shown = Array.from(found.picture.pixels, (value) => value / 255);
        expectClose([found.ends!.from, found.ends!.to], [curve[0]!, valueOf(shown)], 1e-4, `${layer}: the ends`);
        expect(found.ends!.to, layer).toBeGreaterThan(found.ends!.from);
        expect(found.ends!.outcome).toBe('risen');
      }
    }
  });
});

const layers: NetworkJson['layers'] = [
  { name: 'conv1', kind: 'conv2d', filters: 3, kernelSize: 3, padding: 'same' },
  { name: 'relu1', kind: 'activation', function: 'relu' },
  { name: 'flat', kind: 'flatten' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];
const small = () => network(layers, { size: [9, 8], channels: 3 });

test('the same seed gives the same picture and another seed another, with jitter and noise', async () => {
  const net = small();
  await withModel(net, 10, { seed: 2 }, async (model) => {
    const noisy: Ascent = { ...plainly, layer: 'relu1', start: 'noise', steps: 20, jitter: 3, blur: 0.5, decay: 0.01 };
    const run = (seed: number) => maximise(useOf(model, net), { ...noisy, seed }, { image: null, classes }, quiet());
    const [first, again, other] = [await run(5), await run(5), await run(6)];
    expect(again).toEqual(first);
    expect(other.picture.pixels).not.toEqual(first.picture.pixels);
    expect(first.ends!.outcome).toBe('risen');
    expect(first.curve).toHaveLength(20);
    const probabilities = model.predict(first.picture.pixels);
    const { prediction } = first.ends!;
    expect(prediction.probability).toBe(Math.max(...probabilities));
    expect(classes.indexOf(prediction.class)).toBe(probabilities.indexOf(prediction.probability));
  });
});

test('the picture is shown as it grows, and a start at grey is grey', async () => {
  const net = small();
  await withModel(net, 10, { seed: 2 }, async (model) => {
    const seen: MaximisedImage[] = [];
    const steps: number[] = [];
    const told = {
      ...watch(),
      onPicture: (so: MaximisedImage) => seen.push(so),
      progress: (at: number) => steps.push(at),
    };
    const ascent: Ascent = { ...plainly, layer: 'logits', map: 9, start: 'grey', stepSize: 1 };
    const found = await maximise(useOf(model, net), ascent, { image: null, classes }, told);
    expect(steps).toEqual([0, 1, 2, 3]);
    expect(seen.map(({ curve, ends }) => [curve.length, ends])).toEqual([
      [1, null],
      [2, null],
      [3, null],
    ]);
    expect(seen.at(-1)!.picture).toEqual(found.picture);
    // A step of one level in root mean square.
    const off = Math.sqrt(seen[0]!.picture.pixels.reduce((sum, v) => sum + (v - 127.5) ** 2, 0) / (9 * 8 * 3));
    expect(Math.abs(off - 1)).toBeLessThan(0.6);
  });
});

test('what cannot rise is said: dead maps, broken weights', async () => {
  const net = small();
  await withModel(net, 10, { seed: 2 }, async (model) => {
    const bias = (to: number) =>
      model.writeWeights(
        model.readWeights().map((one) => (one.name === 'conv1/bias' ? { ...one, values: one.values.fill(to) } : one)),
      );
    const run = (more: Partial<Ascent>) =>
      maximise(
        useOf(model, net),
        { ...plainly, layer: 'relu1', start: 'grey', ...more },
        { image: null, classes },
        quiet(),
      );
    bias(-100);
    expect((await run({})).ends).toMatchObject({ outcome: 'flat', from: 0, to: 0 });
    expect((await run({})).curve).toHaveLength(1);
    expect((await run({ jitter: 2 })).ends!.outcome).toBe('flat');
    bias(0);
    // So much is taken away that the picture is grey again after each step.
    expect((await run({ decay: 1 })).ends!.outcome).toBe('lower');
    bias(NaN);
    const { ends, curve } = await run({ layer: 'conv1' });
    expect(ends).toMatchObject({ outcome: 'broken', from: NaN, to: NaN });
    expect([...curve]).toEqual([NaN]);
    await expect(run({ map: 3 })).rejects.toMatchObject({ code: 'usage' });
    await expect(run({ cell: [9, 0] })).rejects.toMatchObject({ code: 'usage' });
    await expect(run({ start: 'image' })).rejects.toMatchObject({ code: 'usage' });
    const cancelled = { ...quiet(), signal: AbortSignal.abort() };
    const going = maximise(
      useOf(model, net),
      { ...plainly, layer: 'conv1', start: 'grey' },
      { image: null, classes },
      cancelled,
    );
    await expect(going).rejects.toMatchObject({ code: 'interrupted' });
  });
});

test('blur is the Gaussian of the text book, and rolling back undoes rolling', () => {
  const random = createRandom(3);
  const [height, width, channels, deviation] = [7, 6, 2, 0.8];
  const values = Float32Array.from({ length: height * width * channels }, () => random.next());
  const bell = (distance: number) => Math.exp(-(distance ** 2) / (2 * deviation ** 2));
  const expected = Array.from(values, (_, at) => {
    const [y, x, c] = [Math.floor(at / (width * channels)), Math.floor(at / channels) % width, at % channels];
    let [sum, whole] = [0, 0];
    for (let dy = -3; dy <= 3; dy++) {
      for (let dx = -3; dx <= 3; dx++) {
        const weight = bell(dy) * bell(dx);
        const [row, column] = [Math.min(Math.max(y + dy, 0), height - 1), Math.min(Math.max(x + dx, 0), width - 1)];
        sum += weight * values[(row * width + column) * channels + c]!;
        whole += weight;
      }
    }
    return sum / whole;
  });
  expectClose(blur(values, [height, width, channels], deviation), expected, 1e-6, 'blurred');
  expect(blur(values, [height, width, channels], 0)).toEqual(values);
  const rolled = roll(values, [height, width, channels], [2, -9]);
  expect(rolled[(2 * width + 0) * channels]).toBe(values[(0 * width + 3) * channels]);
  expect(roll(rolled, [height, width, channels], [-2, 9])).toEqual(values);
});
