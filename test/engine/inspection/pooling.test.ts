import { describe, expect, it } from 'vitest';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import { comparePooledMaps, keptBy, poolingReport } from '../../../src-main/engine/inspection/pooling.ts';
import { poolingResponse } from '../../../src-main/engine/inspection/pooling-response.ts';
import type { UseModel } from '../../../src-main/engine/inspection/use-model.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import type { Maps } from '../../../src-main/shared/inspect/maps.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { poolingMethods } from '../../../src-main/shared/inspect/pooling.ts';
import type { SlidingWindow } from '../../../src-main/shared/network/index.ts';
import { flat, PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { expectClose, network, perturb, randomImages, scaled, withModel } from '../graph/helpers.ts';

/** 4x4, one channel: 1 to 16, row by row. */
const input: Maps = { shape: [4, 4, 1], values: Float32Array.from({ length: 16 }, (_, at) => at + 1) };
const sideBySide: SlidingWindow = { kernel: [2, 2], strides: [2, 2], dilation: [1, 1], padding: 'valid' };

describe('comparePooledMaps', () => {
  it('takes the largest and the mean of each window', () => {
    const { max, avg, difference } = comparePooledMaps(input, sideBySide);
    expect([...max.values]).toEqual([6, 8, 14, 16]);
    expect([...avg.values]).toEqual([3.5, 5.5, 11.5, 13.5]);
    expect([...difference.values]).toEqual([2.5, 2.5, 2.5, 2.5]);
    expect(difference).toMatchObject({ shape: [2, 2, 1], mean: 2.5, std: 0 });
  });
});

const net = network([
  { name: 'conv1', kind: 'conv2d', filters: 20, kernelSize: 3, padding: 'same' },
  { name: 'act1', kind: 'activation', function: 'tanh' },
  { name: 'pool1', kind: 'maxPool', poolSize: [3, 2], strides: 2, padding: 'same' },
  { name: 'pool2', kind: 'avgPool', poolSize: 2, padding: [1, 0] },
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
]);

describe('poolingReport', () => {
  it('pools what enters the layer as the network does, channel by channel', async () => {
    await withModel(net, 3, { seed: 2 }, (model) => {
      perturb(model, 4);
      const pixels = randomImages(net, 1, 6);
      const outputs = new PlainNetwork(net, model.readWeights()).run(toCells(scaled(pixels), [7, 6, 2]));
      const channels = (name: string, from: number, to: number) =>
        outputs.get(name)!.flatMap((row) => row.flatMap((cell) => cell.slice(from, to)));
      const first = poolingReport(model, net, pixels, { layer: 'pool1', from: 0 });
      expect(first).toMatchObject({ source: 'act1', uses: 'max', channels: { from: 0, count: 16, all: 20 } });
      expectClose(first.input.values, channels('act1', 0, 16), 1e-5, 'input');
      expectClose(first.pooled.max.values, channels('pool1', 0, 16), 1e-5, 'max');
      const rest = poolingReport(model, net, pixels, { layer: 'pool1', from: 16 });
      expectClose(rest.pooled.max.values, channels('pool1', 16, 20), 1e-5, 'the other channels');
      const mean = poolingReport(model, net, pixels, { layer: 'pool2', from: 0 });
      expect(mean.uses).toBe('mean');
      expectClose(mean.pooled.mean.values, channels('pool2', 0, 16), 1e-5, 'mean');
      expect(poolingReport(model, net, pixels, { layer: 'conv1', from: 0 }).input.shape).toEqual([7, 6, 16]);
    });
  });

  it('takes a window that was chosen, and refuses one that does not fit, and vectors', async () => {
    await withModel(net, 3, { seed: 2 }, (model) => {
      const pixels = randomImages(net, 1, 6);
      const window = {
        kernel: [7, 6] as [number, number],
        strides: [1, 1] as [number, number],
        padding: 'valid' as const,
      };
      const whole = poolingReport(model, net, pixels, { layer: 'act1', window, from: 0 });
      expect(whole).toMatchObject({ uses: null, window, source: 'act1' });
      expect(whole.pooled.max.shape).toEqual([1, 1, 16]);
      const report = (layer: string, kernel: [number, number]) => () =>
        poolingReport(model, net, pixels, { layer, window: { ...window, kernel }, from: 0 });
      expect(report('act1', [8, 1])).toThrow(/does not fit into maps of 7 x 6/);
      expect(report('gap', [1, 1])).toThrow(/gives a vector/);
      expect(() => poolingReport(model, net, pixels, { layer: 'act1', from: 20 })).toThrow(ReceptiveError);
    });
  });

  it('pools a map of one cell, on which windows of 2 x 2 do not fit', async () => {
    const point = network([
      { name: 'whole', kind: 'conv2d', filters: 3, kernelSize: [7, 6] },
      { name: 'flat', kind: 'flatten' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ]);
    await withModel(point, 3, { seed: 2 }, (model) => {
      const { window, input, pooled } = poolingReport(model, point, randomImages(point, 1, 6), {
        layer: 'whole',
        from: 0,
      });
      expect([window.kernel, window.strides, input.shape]).toEqual([
        [1, 1],
        [1, 1],
        [1, 1, 3],
      ]);
      for (const method of poolingMethods)
        expect([...pooled[method].values].map(Math.abs)).toEqual([...input.values].map(Math.abs));
    });
  });

  it('broken weights give figures that say so', async () => {
    await withModel(net, 3, { seed: 2 }, (model) => {
      model.writeWeights(model.readWeights().map((one) => ({ ...one, values: one.values.map(() => NaN) })));
      const { kept, pooled } = poolingReport(model, net, randomImages(net, 1, 6), { layer: 'pool1', from: 0 });
      expect([kept.max.level, kept.mean.noise, pooled.max.mean]).toEqual([NaN, NaN, NaN]);
    });
  });
});

describe('keptBy', () => {
  const random = createRandom(8);
  const maps: Maps = { shape: [48, 48, 2], values: Float32Array.from({ length: 4608 }, () => random.normal()) };

  it('a mean over n cells passes one nth of the noise, a single cell all of it, the largest is biased upwards', () => {
    const { kept } = keptBy(maps, sideBySide);
    expect(kept.none.noise).toBeCloseTo(1, 1);
    expect(kept.strided.noise).toBeCloseTo(1, 1);
    expect(kept.mean.noise).toBeCloseTo(1 / 4, 1);
    expect(kept.max.bias).toBeGreaterThan(0.01);
    expect(kept.min.bias).toBeLessThan(-0.01);
    expect(Math.abs(kept.mean.bias)).toBeLessThan(0.02);
  });

  it('the mean keeps a slow wave and wipes out a checkerboard, which the largest turns into its level', () => {
    const wave = (value: (row: number, column: number) => number): Maps => ({
      shape: [32, 32, 1],
      values: Float32Array.from({ length: 1024 }, (_, at) => value(Math.floor(at / 32), at % 32)),
    });
    const slow = keptBy(
      wave((row) => Math.sin((2 * Math.PI * row) / 32)),
      sideBySide,
    ).kept;
    expect(slow.mean.background / slow.none.background).toBeCloseTo(1, 1);
    expect(slow.none.texture).toBeCloseTo(0, 9);
    const fast = keptBy(
      wave((row, column) => (row + column) % 2),
      sideBySide,
    ).kept;
    expect(fast.none).toMatchObject({ level: 0.5 });
    expect(fast.none.texture).toBeCloseTo(0.25, 9);
    expect([fast.mean.texture, fast.mean.level]).toEqual([0, 0.5]);
    expect(fast.max.level).toBe(1);
  });

  it('a map of one cell has nothing but its level', () => {
    const one = { ...sideBySide, kernel: [1, 1] as [number, number] };
    const { kept } = keptBy({ shape: [1, 1, 1], values: Float32Array.of(2) }, one);
    expect(kept.max).toMatchObject({ level: 2, background: 0, texture: 0 });
    expect(Number.isFinite(kept.max.noise)).toBe(true);
  });
});

const using =
  (model: Model): UseModel =>
  (work) =>
    Promise.resolve().then(() => work(model, net));

const unwatched = { signal: new AbortController().signal, progress: () => undefined };

describe('poolingResponse', () => {
  it('is nothing where nothing moves, and agrees with plain arrays where the image is shifted', async () => {
    await withModel(net, 3, { seed: 2 }, async (model) => {
      perturb(model, 4);
      const pixels = randomImages(net, 1, 6);
      const told: [number, number][] = [];
      const progress = (done: number, total: number) => void told.push([done, total]);
      const response = await poolingResponse(using(model), pixels, { layer: 'pool1' }, { ...unwatched, progress });
      expect(told).toEqual(Array.from({ length: 29 }, (_, done) => [done, 28]));
      const at = (curves: typeof response.shift, step: number) => {
        const index = curves.steps.indexOf(step);
        return [curves.changes.none[index], curves.changes.mean[index], curves.changes.max[index]];
      };
      expect(at(response.shift, 0)).toEqual([0, 0, 0]);
      expect(at(response.scale, 1)).toEqual([0, 0, 0]);
      expect(at(response.rotation, 0)).toEqual([0, 0, 0]);
      expect(at(response.rotation, 20).every((change) => change! > 0)).toBe(true);

      const plain = new PlainNetwork(net, model.readWeights());
      const image = toCells(scaled(pixels), [7, 6, 2]);
      const moved = image.map((row) => row.map((_, x) => row[Math.max(0, x - 2)]!));
      // Eight of 20 channels, evenly spread.
      const shown = [0, 2, 5, 7, 10, 12, 15, 17];
      const pooled = (cells: typeof image) =>
        plain
          .run(cells)
          .get('pool1')!
          .map((row) => row.map((cell) => shown.map((channel) => cell[channel]!)));
      const [still, shifted] = [flat(pooled(image)), flat(pooled(moved))];
      const length = (values: number[]) => Math.hypot(...values);
      const expected = length(shifted.map((value, i) => value - still[i]!)) / length(still);
      expect(at(response.shift, 2)[2]).toBeCloseTo(expected, 5);
    });
  });

  it('looks at the middle of large maps', async () => {
    const size = 160;
    const layers: Parameters<typeof network>[0] = [
      { name: 'conv1', kind: 'conv2d', filters: 2, kernelSize: 1 },
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ];
    const large = network(layers, { size: [size, size], channels: 1 });
    // Noise around an even grey, so thin that no shift brings it into the middle.
    const isEdge = (at: number) => at < 7 || at >= size - 7;
    const pixels = randomImages(large, 1, 8).map((value, at) =>
      isEdge(at % size) || isEdge(Math.floor(at / size)) ? value : 90,
    );
    await withModel(large, 3, { seed: 2 }, async (model) => {
      perturb(model, 4);
      const use: UseModel = (work) => Promise.resolve(work(model, large));
      const response = await poolingResponse(use, pixels, { layer: 'conv1' }, unwatched);
      expect(new Set(response.shift.changes.none)).toEqual(new Set([0]));
      expect(response.scale.changes.none[0]).toBeGreaterThan(0);
    });
  });

  it('ends when it is stopped', async () => {
    await withModel(net, 3, { seed: 2 }, async (model) => {
      const watch = { ...unwatched, signal: AbortSignal.abort() };
      const asked = poolingResponse(using(model), randomImages(net, 1, 6), { layer: 'pool1' }, watch);
      await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    });
  });
});
