import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnsOf, moveTarget, thumbnailSize, tilesInSight } from '../../../src-renderer/state/grid.ts';

describe('columnsOf', () => {
  test.each([
    [100, 100, 8, 1],
    [99, 100, 8, 1],
    [207, 100, 8, 1],
    [208, 100, 8, 2],
    [0, 100, 8, 1],
  ])('%d px hold tiles of %d px with gaps of %d px %d abreast', (width, tile, gap, columns) => {
    expect(columnsOf(width, tile, gap)).toBe(columns);
  });
});

describe('moveTarget in 3 columns of 11 tiles, 2 rows in sight', () => {
  //  0  1  2
  //  3  4  5
  //  6  7  8
  //  9 10
  const grid = { count: 11, columns: 3, rows: 2 };
  test.each([
    ['ArrowLeft', 4, 3],
    ['ArrowLeft', 0, 0],
    ['ArrowRight', 5, 6],
    ['ArrowRight', 10, 10],
    ['ArrowUp', 4, 1],
    ['ArrowUp', 1, 1],
    ['ArrowDown', 4, 7],
    ['ArrowDown', 8, 10],
    ['ArrowDown', 9, 9],
    ['PageDown', 1, 7],
    ['PageDown', 5, 10],
    ['PageUp', 7, 1],
    ['PageUp', 4, 1],
    ['Home', 7, 0],
    ['End', 7, 10],
    ['ArrowRight', -1, 1],
  ])('%s from %d goes to %d', (key, focus, target) => {
    expect(moveTarget(key, focus, grid)).toBe(target);
  });

  test('other keys move nothing', () => {
    expect(moveTarget('a', 4, grid)).toBeNull();
  });

  test('nothing moves in an empty grid', () => {
    expect(moveTarget('ArrowDown', -1, { count: 0, columns: 3, rows: 2 })).toBeNull();
  });

  test('no key ever leaves the grid', () => {
    const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'];
    const size = fc.record({
      count: fc.integer({ min: 1, max: 200 }),
      columns: fc.integer({ min: 1, max: 12 }),
      rows: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.integer({ min: -1, max: 250 }), size, (key, focus, any) => {
        const target = moveTarget(key, focus, any);
        expect(target).toBeGreaterThanOrEqual(0);
        expect(target).toBeLessThan(any.count);
      }),
    );
  });
});

describe('tilesInSight in 3 columns of 11 tiles, rows of 100 px', () => {
  const grid = { height: 150, rowHeight: 100, columns: 3, count: 11 };
  test.each([
    [0, 0, [0, 1, 2, 3, 4, 5]],
    [50, 0, [0, 1, 2, 3, 4, 5]],
    [60, 0, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    [250, 0, [6, 7, 8, 9, 10]],
    [100, 1, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [5000, 0, []],
  ])('scrolled by %d px with %d spare rows', (offset, spareRows, tiles) => {
    expect(tilesInSight({ ...grid, offset, spareRows })).toEqual(tiles);
  });
});

test.each([
  [48, 1, 64],
  [64, 1, 64],
  [65, 1, 128],
  [128, 2, 256],
  [320, 1.5, 512],
  [2000, 2, 1024],
])('a tile of %d px at %d pixels a px asks for %d', (tile, ratio, size) => {
  expect(thumbnailSize(tile, ratio)).toBe(size);
});
