/** Maps as the screen draws them: one byte a cell, with the figures of each map. */
import { brokenByte, mapsOf } from '../../shared/inspection.ts';
import type { MapBytes, MapStatistics } from '../../shared/inspection.ts';
import type { Shape } from '../../shared/network/spec.ts';

/** The figures of each map of values [height, width, maps]; `MapStatistics` says how. */
export function mapStatistics(values: Float32Array, shape: Shape): MapStatistics {
  const [height, width, maps] = mapsOf(shape);
  const cells = height * width;
  const [sum, squares, zeros, broken] = [0, 0, 0, 0].map(() => new Float64Array(maps)) as Sums;
  const min = new Float32Array(maps).fill(Infinity);
  const max = new Float32Array(maps).fill(-Infinity);
  for (let at = 0, cell = 0; cell < cells; cell++) {
    for (let map = 0; map < maps; map++, at++) {
      const value = values[at]!;
      if (!Number.isFinite(value)) {
        broken[map]!++;
        continue;
      }
      sum[map]! += value;
      if (value < min[map]!) min[map] = value;
      if (value > max[map]!) max[map] = value;
      if (value === 0) zeros[map]!++;
    }
  }
  const mean = sum.map((total, map) => total / Math.max(1, cells - broken[map]!));
  // A second pass: the sum of squares minus the squared mean loses digits.
  for (let at = 0, cell = 0; cell < cells; cell++) {
    for (let map = 0; map < maps; map++, at++) {
      const off = values[at]! - mean[map]!;
      if (Number.isFinite(off)) squares[map]! += off * off;
    }
  }
  for (let map = 0; map < maps; map++) if (broken[map] === cells) min[map] = max[map] = 0;
  return {
    min,
    max,
    mean: Float32Array.from(mean),
    variance: Float32Array.from(squares, (total, map) => total / Math.max(1, cells - broken[map]!)),
    zeros: Float32Array.from(zeros, (count) => count / cells),
    broken: Float32Array.from(broken),
  };
}

type Sums = [Float64Array, Float64Array, Float64Array, Float64Array];

/** Side of a thumbnail's map, in cells, at most. */
const thumbnailSide = 64;

/** `count` maps from `first` on of values [height, width, maps], every `step`th cell of every `step`th row. */
export function mapBytes(
  values: Float32Array,
  shape: Shape,
  { min, max }: Pick<MapStatistics, 'min' | 'max'>,
  { first, count, step = 1 }: { first: number; count: number; step?: number },
): MapBytes {
  const [fullHeight, fullWidth, maps] = mapsOf(shape);
  const [height, width] = [Math.ceil(fullHeight / step), Math.ceil(fullWidth / step)];
  const bytes = new Uint8Array(count * height * width);
  const cells = height * width;
  for (let map = 0; map < count; map++) {
    const low = min[first + map]!;
    const span = max[first + map]! - low;
    const scale = span > 0 ? 254 / span : 0;
    let to = map * cells;
    for (let row = 0; row < fullHeight; row += step) {
      let at = row * fullWidth * maps + first + map;
      for (let column = 0; column < fullWidth; column += step, at += step * maps) {
        const value = values[at]!;
        bytes[to++] = Number.isFinite(value) ? Math.round((value - low) * scale) : brokenByte;
      }
    }
  }
  return { first, count, height, width, bytes };
}

/** How many maps a thumbnail shows. */
const thumbnails = 4;

/** The first maps of a layer, small. A vector stays whole. */
export function preview(values: Float32Array, shape: Shape, statistics: MapStatistics): MapBytes {
  const [height, width, maps] = mapsOf(shape);
  const step = shape.length === 1 ? 1 : Math.max(1, Math.ceil(Math.max(height, width) / thumbnailSide));
  return mapBytes(values, shape, statistics, { first: 0, count: Math.min(thumbnails, maps), step });
}
