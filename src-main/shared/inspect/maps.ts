/** Feature maps as inspection computes with them, and as they are laid out. */
import { mapsOf } from '../inspection.ts';
import type { LayerSummary } from '../inspection.ts';
import type { Shape } from '../network/spec.ts';

export interface Maps {
  shape: [height: number, width: number, channels: number];
  /** Row by row, channels last. */
  values: Float32Array;
}

/** The cell whose turn it is, without those outside: indices from `start`, `length` of them, from 0 to `limit` - 1. */
export function inside(start: number, length: number, limit: number): [from: number, to: number] {
  return [Math.max(start, 0), Math.min(start + length, limit)];
}

/** `count` channels from `from` on. */
export function channelsOf({ shape: [height, width, channels], values }: Maps, from: number, count: number): Maps {
  const chosen = new Float32Array(height * width * count);
  for (let cell = 0; cell < height * width; cell++) {
    for (let channel = 0; channel < count; channel++) {
      chosen[cell * count + channel] = values[cell * channels + from + channel]!;
    }
  }
  return { shape: [height, width, count], values: chosen };
}

/** `most` channels, evenly spread over all; all of them where there are no more. */
export function spreadChannels(maps: Maps, most: number): Maps {
  const [height, width, channels] = maps.shape;
  if (channels <= most) return maps;
  const chosen = Array.from({ length: most }, (_, i) => Math.floor((i * channels) / most));
  const kept = new Float32Array(height * width * most);
  for (let cell = 0; cell < height * width; cell++) {
    chosen.forEach((channel, i) => (kept[cell * most + i] = maps.values[cell * channels + channel]!));
  }
  return { shape: [height, width, most], values: kept };
}

/** The middle of the maps, at most `side` cells high and wide. */
export function middleOf(maps: Maps, side: number): Maps {
  const [height, width, channels] = maps.shape;
  if (height <= side && width <= side) return maps;
  const [rows, columns] = [Math.min(height, side), Math.min(width, side)];
  const [top, left] = [Math.floor((height - rows) / 2), Math.floor((width - columns) / 2)];
  const values = new Float32Array(rows * columns * channels);
  for (let row = 0; row < rows; row++) {
    const start = ((top + row) * width + left) * channels;
    values.set(maps.values.subarray(start, start + columns * channels), row * columns * channels);
  }
  return { shape: [rows, columns, channels], values };
}

const widest = 32;

/**
 * Maps stay as they are; the units of a vector are laid out row by row in one picture, nearly square up to 1,024 units:
 * [10] -> [3, 4, 1], [64] -> [8, 8, 1], [4096] -> [128, 32, 1].
 */
export function mapShape(shape: Shape): [number, number, number] {
  if (shape.length === 3) return shape;
  const width = Math.min(widest, Math.ceil(Math.sqrt(shape[0])));
  return [Math.ceil(shape[0] / width), width, 1];
}

/** Maps of a layer, or units of a vector, that have one value at all places of all images of a batch. */
export interface DeadOnBatch {
  /** Paths of the images. */
  batch: string[];
  dead: number[];
}

/** A map that is the same everywhere tells the layers after it nothing of where something is; one cell alone only when 0. */
export function deadMaps({ statistics, shape }: Pick<LayerSummary, 'statistics' | 'shape'>): number[] {
  const [height, width] = mapsOf(shape);
  const { min, max, broken } = statistics;
  const isDead = (map: number) => broken[map] === 0 && min[map] === max[map] && (height * width > 1 || min[map] === 0);
  return Array.from(min, (_, map) => map).filter(isDead);
}
