import { describe, expect, it, test } from 'vitest';
import { equivariance } from '../../../src-main/engine/inspection/equivariance.ts';
import { innerCells, verdictOf } from '../../../src-main/shared/inspect/equivariance.ts';
import type { LayerEquivariance } from '../../../src-main/shared/inspect/equivariance.ts';
import { unmoved } from '../../../src-main/shared/inspect/placement.ts';
import type { Placement } from '../../../src-main/shared/inspect/placement.ts';
import { PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import type { Cells } from '../../oracle/plain-network.ts';
import { network, perturb, randomImages, scaled, withModel } from '../graph/helpers.ts';

const net = network(
  [
    { name: 'conv1', kind: 'conv2d', filters: 3, kernelSize: 3, padding: 'same' },
    { name: 'act1', kind: 'activation', function: 'tanh' },
    { name: 'pool1', kind: 'maxPool', poolSize: 2 },
    { name: 'conv2', kind: 'conv2d', filters: 2, kernelSize: 3 },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
  { size: [20, 18], channels: 2 },
);
const right = (pixels: number): Placement => ({ ...unmoved, shift: [0, pixels] });

/** Cells taken from `by` columns to the left, the first repeated. */
const shifted = (cells: Cells, by: number): Cells => cells.map((row) => row.map((_, x) => row[Math.max(0, x - by)]!));

function errorOf(found: Cells, expected: Cells, counts: (row: number, column: number) => boolean): number {
  let [difference, length] = [0, 0];
  found.forEach((row, y) =>
    row.forEach((cell, x) => {
      if (!counts(y, x)) return;
      cell.forEach((value, c) => {
        difference += (value - expected[y]![x]![c]!) ** 2;
        length += expected[y]![x]![c]! ** 2;
      });
    }),
  );
  return Math.sqrt(difference / length);
}

test('errors are those of plain arrays: strides break it where the shift does not fit, borders at the edges', async () => {
  await withModel(net, 3, { seed: 1 }, (model) => {
    perturb(model, 2);
    const pixels = randomImages(net, 1, 3);
    const image = toCells(scaled(pixels), [20, 18, 2]);
    const plain = new PlainNetwork(net, model.readWeights());
    const [still, moved] = [plain.run(image), plain.run(shifted(image, 2))];
    const { layers, maps } = equivariance(model, net, pixels, { layer: 'pool1', placement: right(2), from: 0 });
    const of = (name: string) => layers.find((layer) => layer.name === name)!;
    const everywhere = () => true;
    expect(of('conv1').error).toBeCloseTo(errorOf(moved.get('conv1')!, shifted(still.get('conv1')!, 2), everywhere), 4);
    expect(of('pool1').error).toBeCloseTo(errorOf(moved.get('pool1')!, shifted(still.get('pool1')!, 1), everywhere), 4);
    for (const name of ['conv1', 'act1', 'pool1', 'conv2']) expect(of(name).inner, name).toBeLessThan(1e-4);
    expect(of('conv1')).toMatchObject({ stride: [1, 1] });
    expect(of('conv2')).toMatchObject({ stride: [2, 2] });
    const flat = (cells: Cells) => cells.flat();
    const vectors = [flat(moved.get('logits')!), flat(still.get('logits')!)].map((cells) => [cells]);
    expect(of('logits')).toMatchObject({ inner: null, stride: null });
    expect(of('logits').error).toBeCloseTo(errorOf(vectors[0]!, vectors[1]!, everywhere), 4);
    expect(maps).toMatchObject({ from: 0, all: 3, layerThenMove: { shape: [10, 9, 3] } });

    const odd = equivariance(model, net, pixels, { layer: 'gap', placement: right(1), from: 0 });
    expect(odd.layers.map(({ inner }) => inner !== null && inner > 1e-4)).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(verdictOf(odd.layers, right(1))).toMatchObject({ kind: 'stride', layer: 'pool1', stride: [2, 2] });
    expect(verdictOf(layers, right(2))).toMatchObject({ kind: 'borders', layer: 'conv1' });
    expect(odd.maps).toBeNull();
  });
});

test('of large maps some channels are compared, spread over all, and it is told how many', async () => {
  const large = network(
    [
      { name: 'conv', kind: 'conv2d', filters: 12, kernelSize: 1, useBias: false },
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ],
    { size: [200, 250], channels: 1 },
  );
  await withModel(large, 2, { seed: 1 }, (model) => {
    // Every other filter gives nothing but 0, so that channels 0, 2, 4, ... alone have an error of 0.
    const kernel = Float32Array.from({ length: 12 }, (_, filter) => filter % 2);
    model.writeWeights(
      model.readWeights().map((one) => (one.name === 'conv/kernel' ? { ...one, values: kernel } : one)),
    );
    const turned = { ...unmoved, degrees: 20 };
    const choice = { layer: 'conv', placement: turned, from: 0 };
    const { layers } = equivariance(model, large, randomImages(large, 1, 3), choice);
    expect(layers.map(({ compared }) => compared)).toEqual([6, 12, 2]);
    expect(layers[0]!.error).toBe(0);
  });
});

test('nothing moved changes nothing, and turning is promised by nobody', async () => {
  await withModel(net, 3, { seed: 1 }, (model) => {
    perturb(model, 2);
    const pixels = randomImages(net, 1, 3);
    const still = equivariance(model, net, pixels, { layer: 'conv1', placement: unmoved, from: 2 });
    // Two images in a batch need not be added up in the same order.
    expect(still.layers.every(({ error }) => error < 1e-6)).toBe(true);
    expect(still.moved).toEqual(pixels);
    expect(still.maps).toMatchObject({ from: 2, layerThenMove: { shape: [20, 18, 1] } });
    expect(verdictOf(still.layers, unmoved)).toEqual({ kind: 'still' });
    const turned = { ...unmoved, degrees: 30 };
    const { layers } = equivariance(model, net, pixels, { layer: 'conv1', placement: turned, from: 0 });
    expect(verdictOf(layers, turned)).toMatchObject({ kind: 'notPromised', first: 'conv1' });
  });
});

test('broken weights are said', async () => {
  await withModel(net, 3, { seed: 1 }, (model) => {
    model.writeWeights(model.readWeights().map((one) => ({ ...one, values: one.values.map(() => NaN) })));
    const { layers } = equivariance(model, net, randomImages(net, 1, 3), {
      layer: 'conv1',
      placement: right(1),
      from: 0,
    });
    expect([right(1), unmoved].map((placement) => verdictOf(layers, placement).kind)).toEqual(['broken', 'broken']);
  });
});

describe('innerCells', () => {
  it('are those that see the image alone, before and after', () => {
    // 3x3 "same" on 1x6 pixels wide enough only along the row: cell i sees i - 1 to i + 1.
    const sight = { size: [1, 3], stride: [1, 1], start: [0, -1] } as const;
    const cells = innerCells([1, 6], sight as never, [1, 6], right(2));
    expect(cells).toEqual([false, false, false, true, true, false]);
  });
});

describe('verdictOf', () => {
  const layer = (name: string, error: number, inner: number | null): LayerEquivariance => ({
    ...{ name, kind: 'conv2d', shape: [1, 1, 1], compared: 1, error, inner },
    stride: [1, 1],
  });

  it('tells what holds from what cannot be seen', () => {
    expect(verdictOf([layer('a', 0, 0)], right(1))).toEqual({ kind: 'holds' });
    expect(verdictOf([layer('a', 0, null)], right(1))).toEqual({ kind: 'unseen' });
  });
});
