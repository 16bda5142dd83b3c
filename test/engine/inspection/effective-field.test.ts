import { expect, test } from 'vitest';
import { effectiveField, fieldGrowth } from '../../../src-main/engine/inspection/effective-field.ts';
import type { UseModel } from '../../../src-main/engine/inspection/use-model.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import type { FieldSizes } from '../../../src-main/shared/inspect/drives.ts';
import { describeNetwork } from '../../../src-main/shared/network/index.ts';
import type { Network, NetworkJson, Shape } from '../../../src-main/shared/network/spec.ts';
import { Influence } from '../../oracle/influence.ts';
import { PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { expectClose, network, perturb, randomImages, scaled, withModel } from '../graph/helpers.ts';
import { plainRandomNetwork, watch } from './drives-support.ts';

const useOf =
  (model: Model, net: Network): UseModel =>
  (work) =>
    Promise.resolve().then(() => work(model, net));

const shapesOf = (net: Network): Map<string, Shape> =>
  new Map([
    ['input', [...net.input.size, net.input.channels] as Shape],
    ...describeNetwork(net, 10).layers.map(({ name, outputShape }) => [name, outputShape!] as const),
  ]);

test.each([2, 3, 4, 5])('gradients of the middle cell are those of plain arrays (random network %i)', async (seed) => {
  const net = plainRandomNetwork(seed);
  const [height, width] = net.input.size;
  const shapes = shapesOf(net);
  await withModel(net, 10, { seed }, async (model) => {
    perturb(model, seed);
    const plain = new PlainNetwork(net, model.readWeights());
    const pixels = randomImages(net, 2, seed);
    const images = [0, 1].map((i) => {
      const length = pixels.length / 2;
      return toCells(scaled(pixels.subarray(i * length, (i + 1) * length)), shapes.get('input')!);
    });
    const influence = new Influence(net, shapes);
    for (const { name } of net.layers) {
      const shape = shapes.get(name)!;
      const maps = shape.at(-1)!;
      for (const map of [null, maps - 1]) {
        const found = await effectiveField(useOf(model, net), pixels, { layer: name, map }, watch());
        if (shape.length === 1 && net.layers.find((one) => one.name === name)!.kind === 'flatten') continue;
        const [row, column] = shape.length === 3 ? [(shape[0] - 1) >> 1, (shape[1] - 1) >> 1] : [0, 0];
        const cells = shape.length === 3 ? shape[1] : 1;
        const weights = new Float32Array(shape.reduce((a, b) => a * b));
        for (let one = 0; one < maps; one++) {
          if (map === null || one === map) weights[(row * cells + column) * maps + one] = 1;
        }
        const heat = new Array<number>(height * width).fill(0);
        for (const image of images) {
          plain.imageGradient(image, name, weights).forEach((slope, at) => {
            heat[Math.floor(at / net.input.channels)]! += Math.abs(slope) / 2;
          });
        }
        expectClose(found.heat, heat, 1e-3, `${name}, map ${map}`);
        expect(found).toMatchObject({ images: 2, height, width, broken: false });

        // Beyond the box that is drawn nothing counts.
        const box = found.theoretical!;
        found.heat.forEach((value, at) => {
          const [y, x] = [Math.floor(at / width), at % width];
          const isInside = y >= box.top && y < box.top + box.height && x >= box.left && x < box.left + box.width;
          if (!isInside) expect(value, `${name} at ${y}, ${x}`).toBe(0);
        });
        if (shape.length === 3) {
          expect([box.height, box.width]).toEqual(influence.box(name, [row, column]));
          const corner = influence.corner(name, [row, column]);
          if (corner) expect([box.top, box.left]).toEqual(corner);
        }
      }
    }
  });
});

const chain: NetworkJson['layers'] = [
  ...[1, 2, 3, 4, 5].map((at) => ({
    ...({ kind: 'conv2d', filters: 4, kernelSize: 3, padding: 'same' } as const),
    name: `conv${at}`,
  })),
  { name: 'flat', kind: 'flatten' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];

test('it grows with depth, and the effective field stays within the theoretical one', async () => {
  const net = network(chain, { size: [15, 15], channels: 3 });
  await withModel(net, 3, { seed: 4 }, async (model) => {
    const seen: FieldSizes[][] = [];
    const pixels = randomImages(net, 3, 4);
    const rows = await fieldGrowth(useOf(model, net), pixels, { ...watch(), onRows: (so) => seen.push(so) });
    expect(seen.at(-1)).toEqual(rows);
    expect(rows.map(({ layer }) => layer)).toEqual(chain.map(({ name }) => name));
    const side = ({ theoretical }: FieldSizes) => [theoretical!.height, theoretical!.width];
    expect(rows.map(side)).toEqual([3, 5, 7, 9, 11, 11, 15].map((length) => [length, length]));
    const areas = rows.map(({ effective }) => effective!.height * effective!.width);
    expect(areas.slice(0, 5)).toEqual(areas.slice(0, 5).toSorted((a, b) => a - b));
    expect(areas[4]).toBeLessThan(11 * 11);
    // A flattened map's middle cell is the map's middle cell.
    expect(rows[5]).toMatchObject({ theoretical: rows[4]!.theoretical, effective: rows[4]!.effective });
    const unit = await effectiveField(useOf(model, net), pixels, { layer: 'flat', map: (7 * 15 + 7) * 4 + 2 }, watch());
    const map = await effectiveField(useOf(model, net), pixels, { layer: 'conv5', map: 2 }, watch());
    expect([unit.theoretical, [...unit.heat]]).toEqual([map.theoretical, [...map.heat]]);
  });
});

test('one cell, broken weights, dead cells, and what cannot be asked', async () => {
  const net = network(
    [
      { name: 'conv1', kind: 'conv2d', filters: 2, kernelSize: [7, 6] },
      { name: 'relu1', kind: 'activation', function: 'relu' },
      { name: 'flat', kind: 'flatten' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ],
    { size: [7, 6], channels: 2 },
  );
  await withModel(net, 3, { seed: 4 }, async (model) => {
    const use = useOf(model, net);
    const pixels = randomImages(net, 10, 4);
    const set = (to: number) =>
      model.writeWeights(
        model.readWeights().map((one) => (one.name === 'conv1/kernel' ? { ...one, values: one.values.fill(to) } : one)),
      );
    const ask = (layer: string, map: number | null = null) => effectiveField(use, pixels, { layer, map }, watch());
    const whole = { top: 0, left: 0, height: 7, width: 6 };
    expect(await ask('conv1')).toMatchObject({ theoretical: whole, broken: false, images: 10 });
    set(-1);
    expect(await ask('relu1')).toMatchObject({ theoretical: whole, effective: null, broken: false });
    set(NaN);
    expect(await ask('conv1')).toMatchObject({ effective: null, broken: true });
    await expect(ask('conv1', 2)).rejects.toMatchObject({ code: 'usage' });
    await expect(ask('conv9')).rejects.toMatchObject({ code: 'usage' });
    const cancelled = { signal: AbortSignal.abort(), progress: () => undefined, onRows: () => undefined };
    await expect(fieldGrowth(use, pixels, cancelled)).rejects.toMatchObject({ code: 'interrupted' });
  });
});
