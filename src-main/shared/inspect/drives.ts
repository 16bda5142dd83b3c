/** What drives a unit: the images that excite it most, the picture that maximises it, and what it sees. */
import type { Prediction } from '../inspection.ts';
import type { LayerKind, Pair, Shape } from '../network/spec.ts';
import type { PixelImage } from '../pictures.ts';
import type { Box } from './field-box.ts';

/** A layer's maps; each unit of a vector is a map of one cell. [64] -> [1, 1, 64] */
export const unitMaps = (shape: Shape): [height: number, width: number, maps: number] =>
  shape.length === 3 ? shape : [1, 1, shape[0]];

/** By what images are put in order: the value of a map's strongest cell, or the mean over its cells. */
export const rankings = ['cell', 'mean'] as const;
export type Ranking = (typeof rankings)[number];

/** The first images of each map by one ranking, highest first; [maps, most], row by row. */
export interface RankedImages {
  /** 0 where there are no more. */
  ids: Uint32Array;
  /** The images' classes; 0 without a label. */
  labels: Uint32Array;
  values: Float32Array;
  /** The strongest cell: row * width + column. */
  cells: Uint32Array;
}

/** The images that excite each map of a layer most, of those that were looked at. */
export interface ExcitingImages {
  layer: string;
  maps: number;
  /** Images kept of each map, at most. */
  most: number;
  /** Images that the network has seen, and that it is to see. */
  done: number;
  total: number;
  ranked: Record<Ranking, RankedImages>;
  /** Of each map over the cells of all images: a map whose lowest value is its highest tells images apart no more. */
  lowest: Float32Array;
  highest: Float32Array;
  /** Images in which the map holds NaN or infinity; they take no part. */
  broken: Uint32Array;
  /** Mean of the strongest cell over each class's images, [classes, maps]; class 0 has no label. */
  byClass: { classIds: number[]; counts: number[]; means: Float32Array };
  unreadable: { path: string; reason: string }[];
}

/** Of a project. */
export interface SampledImages extends ExcitingImages {
  /** Images of the project that could be looked at. */
  available: number;
}

/** Where gradient ascent begins. */
export const ascentStarts = ['noise', 'grey', 'image'] as const;
export type AscentStart = (typeof ascentStarts)[number];

/** What is maximised, and how. */
export interface Ascent {
  layer: string;
  map: number;
  /** A cell [row, column] of the map; null for the mean of all. */
  cell: Pair | null;
  start: AscentStart;
  seed: number;
  steps: number;
  /** How far a pixel moves in a step, in levels of 255: the root mean square over all pixels. */
  stepSize: number;
  /** Pixels by which the picture is shifted at random, at most, before each step, and back after it; round its edges. */
  jitter: number;
  /** Standard deviation in pixels of the Gaussian that the picture is blurred with after each step. */
  blur: number;
  /** Share of a pixel's distance from middle grey that is taken away after each step, 0 to 1. */
  decay: number;
}

export const usualAscent = { steps: 128, stepSize: 8, jitter: 1, blur: 0.4, decay: 0.01 } as const;

/**
 * `flat`: no pixel changes the value, so nothing can rise. `broken`: the value or its gradient is no finite number.
 * `lower`: it ended no higher than it began.
 */
export type AscentOutcome = 'risen' | 'lower' | 'flat' | 'broken';

export interface MaximisedImage {
  /** As far as it has come. */
  picture: PixelImage;
  /** The value before each step, of the picture as it was shifted then. */
  curve: Float32Array;
  /** Of the start and of the picture as it is shown; null while it grows. */
  ends: { from: number; to: number; outcome: AscentOutcome; prediction: Prediction } | null;
}

/** Share of the gradient's mass that the effective receptive field holds. */
export const effectiveShare = 0.95;

/** The middle cell of a layer: what it can see and what it does see, measured over some images. */
export interface FieldSizes {
  layer: string;
  kind: LayerKind;
  /** Every pixel that can influence it, borders not clipped; null where none can. */
  theoretical: Box | null;
  /** The smallest box with `effectiveShare` of the gradient; null where there is none or it is no number. */
  effective: Box | null;
  /** Whether gradients are NaN or infinite. */
  broken: boolean;
}

export interface EffectiveField extends FieldSizes {
  /** null: all maps together. */
  map: number | null;
  images: number;
  height: number;
  width: number;
  /** Mean over the images of the gradient's size, summed over the image's channels; [height, width]. */
  heat: Float32Array;
}

/** What of a box lies on the image; null where nothing does. */
export function onImage({ top, left, height, width }: Box, [rows, columns]: readonly [number, number]): Box | null {
  const [y, x] = [Math.max(top, 0), Math.max(left, 0)];
  const box = { top: y, left: x, height: Math.min(top + height, rows) - y, width: Math.min(left + width, columns) - x };
  return box.height > 0 && box.width > 0 ? box : null;
}

/** The pixels in a box, without those beyond the edges; null where all are beyond. */
export function crop({ height, width, channels, pixels }: PixelImage, box: Box): PixelImage | null {
  const inside = onImage(box, [height, width]);
  if (!inside) return null;
  const cut = new Uint8Array(inside.height * inside.width * channels);
  for (let row = 0; row < inside.height; row++) {
    const start = ((inside.top + row) * width + inside.left) * channels;
    cut.set(pixels.subarray(start, start + inside.width * channels), row * inside.width * channels);
  }
  return { height: inside.height, width: inside.width, channels, pixels: cut };
}
