import { describe, expect, test } from 'vitest';
import type { LayerSummary, MapStatistics } from '../../../../src-main/shared/inspection.ts';
import { colorOf, viridis } from '../../../../src-main/shared/colors.ts';
import { paintLevels } from '../../../../src-renderer/ui/colors.ts';
import { deadMaps } from '../../../../src-main/shared/inspect/maps.ts';
import { layerFigures, orderOf } from '../../../../src-renderer/views/inspect/map-figures.ts';
import { cellAt, cornerOf, layOut } from '../../../../src-renderer/views/inspect/map-tiles.ts';

const statistics = (given: Partial<Record<keyof MapStatistics, number[]>>): MapStatistics => {
  const column = (name: keyof MapStatistics) => Float32Array.from(given[name] ?? given.mean!.map(() => 0));
  const [min, max, mean] = [column('min'), column('max'), column('mean')];
  return { min, max, mean, variance: column('variance'), zeros: column('zeros'), broken: column('broken') };
};

describe('the grid of maps', () => {
  test.each([
    [64, [8, 8], 96, 700],
    [1024, [1, 1], 24, 500],
    [3, [2, 2000], 96, 90],
  ] as const)('every cell of %i maps of %j cells is found where it is drawn', (count, map, size, room) => {
    const tiles = layOut(count, map, size, room);
    expect(Math.max(tiles.width, tiles.height)).toBeCloseTo(size);
    for (const index of [0, 1, count - 1]) {
      const corner = cornerOf(tiles, index);
      expect(corner.y + tiles.height).toBeLessThanOrEqual(tiles.whole);
      for (const [row, column] of [
        [0, 0],
        [map[0] - 1, map[1] - 1],
      ] as const) {
        const point = {
          x: corner.x + ((column + 0.5) * tiles.width) / map[1],
          y: corner.y + ((row + 0.5) * tiles.height) / map[0],
        };
        expect(cellAt(tiles, count, map, point)).toEqual({ map: index, row, column });
      }
    }
  });

  test('between the maps, beside them and after the last there is no cell', () => {
    const tiles = layOut(5, [4, 4], 40, 100);
    expect(tiles.columns).toBe(2);
    for (const [x, y] of [
      [44, 10],
      [10, 44],
      [97, 10],
      [58, 2 * tiles.down + 10],
      [-1, 5],
    ] as const)
      expect(cellAt(tiles, 5, [4, 4], { x, y }), `${x}, ${y}`).toBeNull();
  });
});

describe('figures of maps', () => {
  test('order them by what is asked for, equal ones as they were', () => {
    const maps = statistics({ mean: [1, 3, 3, -1], variance: [0, 5, 1, 9], zeros: [0.5, 0, 1, 0.5] });
    expect(orderOf(maps, 'number')).toEqual([0, 1, 2, 3]);
    expect(orderOf(maps, 'mean')).toEqual([1, 2, 0, 3]);
    expect(orderOf(maps, 'variance')).toEqual([3, 1, 2, 0]);
    expect(orderOf(maps, 'zeros')).toEqual([2, 0, 3, 1]);
  });

  test('tell dead maps: the same everywhere; of one cell, zero; never where there is no number', () => {
    const maps = { min: [0, 0, 2, 0], max: [0, 1, 2, 0], mean: [0, 0.5, 2, 0], broken: [0, 0, 0, 9] };
    const layer = (shape: number[]) => ({ shape, statistics: statistics(maps) }) as LayerSummary;
    expect(deadMaps(layer([3, 3, 4]))).toEqual([0, 2]);
    expect(deadMaps(layer([1, 1, 4]))).toEqual([0]);
  });

  test('are put together as if all values were one list', () => {
    const lists = [
      [1, 2, 3, 4],
      [0, 0, 0, 8],
    ];
    const all = lists.flat();
    const mean = (list: number[]) => list.reduce((a, b) => a + b) / list.length;
    const variance = (list: number[]) => mean(list.map((value) => (value - mean(list)) ** 2));
    const maps = statistics({
      min: [1, 0],
      max: [4, 8],
      mean: lists.map(mean),
      variance: lists.map(variance),
      zeros: [0, 0.75],
    });
    const figures = layerFigures({ statistics: maps, shape: [2, 2, 2] });
    expect(figures).toMatchObject({ min: 0, max: 8, zeros: 0.375, broken: 0 });
    expect(figures.mean).toBeCloseTo(mean(all), 6);
    expect(figures.std).toBeCloseTo(Math.sqrt(variance(all)), 6);
  });

  test('are of finite values: where half a map and a whole one are not, the rest counts', () => {
    const partly = { min: [3, 5, 0], max: [3, 7, 0], mean: [3, 6, 0], variance: [0, 1, 0], broken: [0, 2, 4] };
    const figures = layerFigures({ statistics: statistics(partly), shape: [2, 2, 3] });
    // 3, 3, 3, 3, 5, 7
    expect(figures).toMatchObject({ min: 3, max: 7, mean: 4, broken: 6 });
    expect(figures.std).toBeCloseTo(Math.sqrt(14 / 6), 6);
    const none = layerFigures({ statistics: statistics({ mean: [0], broken: [2] }), shape: [2] });
    expect(none).toMatchObject({ min: 0, max: 0, mean: NaN, std: NaN, broken: 2 });
  });
});

test('levels take the colours of the values they stand for, what is no number one that viridis lacks', () => {
  const [own, range] = [
    { min: -2, max: 2 },
    { min: -4, max: 4 },
  ];
  const pixels = paintLevels(Uint8Array.of(0, 127, 254, 255), own, range, viridis);
  const colors = [0, 1, 2, 3].map((cell) => [...pixels.subarray(cell * 4, cell * 4 + 4)]);
  const expected = [-2, 0, 2].map((value) => [...colorOf(value, range, viridis)]);
  expect(colors.slice(0, 3)).toEqual(expected);
  const all = Array.from({ length: 256 }, (_, at) => viridis.subarray(at * 4, at * 4 + 4).join());
  expect(all).not.toContain(colors[3]!.join());
});
