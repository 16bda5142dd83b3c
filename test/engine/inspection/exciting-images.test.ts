import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { Excitement } from '../../../src-main/engine/inspection/excitement.ts';
import { excitingImages } from '../../../src-main/engine/inspection/exciting-images.ts';
import type { Candidate } from '../../../src-main/engine/inspection/exciting-images.ts';
import type { UseModel } from '../../../src-main/engine/inspection/use-model.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { rankings, unitMaps } from '../../../src-main/shared/inspect/drives.ts';
import type { ExcitingImages } from '../../../src-main/shared/inspect/drives.ts';
import { describeNetwork } from '../../../src-main/shared/network/index.ts';
import type { Network } from '../../../src-main/shared/network/spec.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { flat, PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { expectClose, perturb, randomImages, scaled, withModel } from '../graph/helpers.ts';
import { plainRandomNetwork, watch } from './drives-support.ts';

const useOf =
  (model: Model, net: Network): UseModel =>
  (work) =>
    Promise.resolve().then(() => work(model, net));

let folder: string;
const decoder = new DecoderClient({ processes: 1 });
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'receptive-exciting-'));
});
afterAll(async () => {
  await decoder.close();
  rmSync(folder, { recursive: true, force: true });
});

/** `count` random images for the network as files, and one that is none. */
async function writeImages(net: Network, count: number, seed: number) {
  const [height, width] = net.input.size;
  const channels = net.input.channels as 1 | 3;
  const pixels = randomImages(net, count, seed);
  const length = pixels.length / count;
  const files: Candidate[] = [];
  for (let i = 0; i < count; i++) {
    const path = join(folder, `${seed}-${i}.png`);
    const raw = { width, height, channels };
    const image = sharp(pixels.subarray(i * length, (i + 1) * length), { raw });
    await (channels === 1 ? image.toColourspace('b-w') : image).png().toFile(path);
    files.push({ id: 100 + i, path, label: i % 3 });
  }
  const missing = { id: 99, path: join(folder, 'missing.png'), label: 1 };
  const candidates = [...files.slice(0, 2), missing, ...files.slice(2)];
  const preprocessing = { height, width, channels, fit: 'stretch' } as const;
  return { pixels, length, pictures: { candidates, preprocessing, decoder } };
}

test.each([6, 19, 30])('the order is that of plain arrays, for every map (random network %i)', async (seed) => {
  const net = plainRandomNetwork(seed);
  const count = 37;
  const { pixels, length, pictures } = await writeImages(net, count, seed);
  await withModel(net, 10, { seed }, async (model) => {
    perturb(model, seed);
    const plain = new PlainNetwork(net, model.readWeights());
    const shape = [...net.input.size, net.input.channels];
    const runs = Array.from({ length: count }, (_, i) =>
      plain.run(toCells(scaled(pixels.subarray(i * length, (i + 1) * length)), shape)),
    );
    const most = 5;
    for (const { name: layer, outputShape } of describeNetwork(net, 10).layers) {
      const seen: ExcitingImages[] = [];
      const told = { ...watch(), onFound: (so: ExcitingImages) => seen.push(so) };
      const found = await excitingImages(useOf(model, net), { layer, most }, pictures, told);
      expect(seen.at(-1)).toEqual(found);
      expect(seen[0]!.done).toBeLessThan(found.done);
      expect(found).toMatchObject({ layer, most, done: count, total: count + 1 });
      expect(found.unreadable).toEqual([{ path: join(folder, 'missing.png'), reason: 'there is no such file' }]);

      const [height, width, maps] = unitMaps(outputShape!);
      expect(found.maps).toBe(maps);
      const valuesOf = (i: number, map: number) => {
        const all = flat(runs[i]!.get(layer)!);
        return Array.from({ length: height * width }, (_, cell) => all[cell * maps + map]!);
      };
      for (let map = 0; map < maps; map++) {
        const values = runs.map((_, i) => valuesOf(i, map));
        const every = values.flat();
        const ends = [Math.min(...every), Math.max(...every)];
        expectClose([found.lowest[map]!, found.highest[map]!], ends, 1e-4, `${layer}, map ${map}`);
        for (const ranking of rankings) {
          const score = (list: number[]) =>
            ranking === 'cell' ? Math.max(...list) : list.reduce((a, b) => a + b) / list.length;
          const expected = values.map(score).toSorted((a, b) => b - a);
          const { ids, values: scores, cells } = found.ranked[ranking];
          const first = map * most;
          expectClose(scores.subarray(first, first + most), expected.slice(0, most), 1e-4, `${layer}, map ${map}`);
          for (let at = first; at < first + most; at++) {
            const own = values[ids[at]! - 100]!;
            expectClose([scores[at]!], [score(own)], 1e-4, `${layer}, map ${map}, image ${ids[at]}`);
            expectClose([own[cells[at]!]!], [Math.max(...own)], 1e-4, 'the strongest cell');
          }
          expect(new Set(ids.subarray(first, first + most)).size).toBe(most);
        }
        const means = [0, 1, 2].map((label) => {
          const own = values.filter((_, i) => i % 3 === label).map((list) => Math.max(...list));
          return own.reduce((a, b) => a + b) / own.length;
        });
        const found3 = [0, 1, 2].map((row) => found.byClass.means[row * maps + map]!);
        expectClose(found3, means, 1e-4, `${layer}, map ${map}, by class`);
      }
    }
  });
});

test('many random values: the first few of each map, whatever the order they come in', () => {
  const random = createRandom(7);
  const [images, height, width, maps, most] = [60, 2, 3, 4, 9];
  const excitement = new Excitement([height, width, maps], most, [0]);
  const outputs = Float32Array.from({ length: images * height * width * maps }, () => random.int(40) - 20);
  for (let from = 0; from < images; from += 7) {
    const some = Array.from({ length: Math.min(7, images - from) }, (_, i) => ({ id: from + i + 1, label: 0 }));
    const size = height * width * maps;
    excitement.add(some, outputs.subarray(from * size, (from + some.length) * size));
  }
  const { ranked } = excitement.found();
  for (let map = 0; map < maps; map++) {
    const scores = Array.from({ length: images }, (_, image) => {
      const own = [0, 1, 2, 3, 4, 5].map((cell) => outputs[(image * 6 + cell) * maps + map]!);
      return { id: image + 1, value: Math.max(...own) };
    });
    // Equals in the order in which they came.
    const expected = scores.toSorted((a, b) => b.value - a.value || a.id - b.id).slice(0, most);
    expect([...ranked.cell.ids.subarray(map * most, (map + 1) * most)]).toEqual(expected.map(({ id }) => id));
    expect([...ranked.cell.values.subarray(map * most, (map + 1) * most)]).toEqual(expected.map(({ value }) => value));
  }
});

test('values that are no numbers take no part, and fewer images leave places empty', () => {
  const excitement = new Excitement([1, 2, 2], 3, [0, 4]);
  const outputs = Float32Array.of(1, NaN, 2, 5, 3, -Infinity, 1, 7, -1, -2, -3, -4);
  excitement.add(
    [
      { id: 1, label: 0 },
      { id: 2, label: 4 },
      { id: 3, label: 4 },
    ],
    outputs,
  );
  const found = excitement.found();
  expect([...found.ranked.cell.ids]).toEqual([2, 1, 3, 3, 0, 0]);
  expect([...found.ranked.cell.labels]).toEqual([4, 0, 4, 4, 0, 0]);
  expect([...found.ranked.cell.values.subarray(0, 4)]).toEqual([3, 2, -1, -2]);
  expect([...found.ranked.cell.cells.subarray(0, 4)]).toEqual([0, 1, 0, 0]);
  expect([...found.ranked.mean.values.subarray(0, 4)]).toEqual([2, 1.5, -2, -3]);
  expect([[...found.broken], [...found.lowest], [...found.highest]]).toEqual([
    [0, 2],
    [-3, -4],
    [3, -2],
  ]);
  expect(found.byClass).toMatchObject({ classIds: [0, 4], counts: [1, 2] });
  expect([...found.byClass.means]).toEqual([2, NaN, 1, -2]);
});

test('no images, no such layer, cancelled', async () => {
  const net = plainRandomNetwork(2);
  await withModel(net, 10, { seed: 1 }, async (model) => {
    const { pictures } = await writeImages({ ...net, input: { ...net.input, channels: 3 } }, 2, 9);
    const told = { ...watch(), onFound: () => undefined };
    const ask = (layer: string, candidates: readonly Candidate[], signal = told.signal) =>
      excitingImages(useOf(model, net), { layer, most: 3 }, { ...pictures, candidates }, { ...told, signal });
    await expect(ask('logits', [])).rejects.toMatchObject({ code: 'no-images' });
    await expect(ask('nothing', pictures.candidates)).rejects.toMatchObject({ code: 'usage' });
    await expect(ask('logits', pictures.candidates, AbortSignal.abort())).rejects.toMatchObject({
      code: 'interrupted',
    });
  });
});
