/** Whether moving the image and running a layer can change places. */
import type { Pair, Shape } from '../network/spec.ts';
import type { LayerKind } from '../network/spec.ts';
import type { Maps } from './maps.ts';
import { sources } from './placement.ts';
import type { Grid, Placement } from './placement.ts';

/** What a cell sees along with its place, as `receptiveFieldOf` gives it. */
export interface Sight {
  size: Pair;
  stride: Pair;
  start: Pair;
}

/** A layer's two ways, compared. */
export interface LayerEquivariance {
  name: string;
  kind: LayerKind;
  shape: Shape;
  /** Channels, evenly spread over all, that the errors are measured on; of a vector all units. */
  compared: number;
  /**
   * The length of (move, then layer) less (layer, then move) over that of the latter. A vector has no places to move: there it is
   * the change that moving the image makes, 0 where the layer is invariant.
   */
  error: number;
  /** The same over the cells that no border has to do with; null where there is none, and of a vector. */
  inner: number | null;
  /** Pixels from one cell to the next; null of a vector. */
  stride: Pair | null;
}

export interface EquivarianceReport {
  /** The moved image, uint8 [height, width, channels]. */
  moved: Uint8Array;
  /** In the order in which they are computed. */
  layers: LayerEquivariance[];
  /** Some channels of the layer that was asked for, from `from` on; null of a vector. */
  maps: { from: number; all: number; layerThenMove: Maps; moveThenLayer: Maps } | null;
}

/** Below this an error is the rounding of float32. */
export const rounding = 1e-4;

/** Where the cells of a layer lie on the image. */
export const gridOf = ({ size, stride, start }: Sight, image: Pair): Grid => ({
  stride,
  first: [start[0] + (size[0] - 1) / 2, start[1] + (size[1] - 1) / 2],
  middle: [(image[0] - 1) / 2, (image[1] - 1) / 2],
});

/**
 * The cells that see no border, neither as they are nor where they came from: what they see lies on the image, comes from
 * within it, and so does what the cells see that are moved there. Row by row.
 */
export function innerCells(
  [rows, columns]: readonly number[],
  sight: Sight,
  image: Pair,
  placement: Placement,
): boolean[] {
  const grid = gridOf(sight, image);
  const cellFrom = sources(placement, grid);
  const pixelFrom = sources(placement, { ...grid, stride: [1, 1], first: [0, 0] });
  const isInside = ([y, x]: [number, number]) => y >= 0 && x >= 0 && y <= image[0] - 1 && x <= image[1] - 1;
  const corners = (row: number, column: number): [number, number][] => {
    const top = sight.start[0] + row * sight.stride[0];
    const left = sight.start[1] + column * sight.stride[1];
    const [bottom, right] = [top + sight.size[0] - 1, left + sight.size[1] - 1];
    return [
      [top, left],
      [top, right],
      [bottom, left],
      [bottom, right],
    ];
  };
  const sees = (row: number, column: number) => corners(row, column).every(isInside);
  return Array.from({ length: rows! * columns! }, (_, cell) => {
    const [row, column] = [Math.floor(cell / columns!), cell % columns!];
    if (!sees(row, column) || !corners(row, column).every(([y, x]) => isInside(pixelFrom(y, x)))) return false;
    const [y, x] = cellFrom(row, column);
    return sees(Math.floor(y), Math.floor(x)) && sees(Math.ceil(y), Math.ceil(x));
  });
}

/** |a - b| / |b| over the cells that count; null where none does. */
export function relativeError(a: Maps, b: Maps, counts: readonly boolean[] | null): number | null {
  const channels = a.shape[2];
  let [difference, length, cells] = [0, 0, 0];
  for (let cell = 0; cell < a.shape[0] * a.shape[1]; cell++) {
    if (counts && !counts[cell]) continue;
    cells++;
    for (let at = cell * channels; at < (cell + 1) * channels; at++) {
      difference += (a.values[at]! - b.values[at]!) ** 2;
      length += b.values[at]! ** 2;
    }
  }
  if (cells === 0) return null;
  return difference === 0 ? 0 : Math.sqrt(difference / length);
}

/** What becomes of a move: where it stops passing through unchanged, and by what. */
export type EquivarianceVerdict =
  | { kind: 'still' | 'holds' | 'unseen' | 'broken' }
  /** By turning or scaling, which no layer promises. */
  | { kind: 'notPromised'; first: string; error: number }
  /** The first layer whose cells do not fit the shift. */
  | { kind: 'stride'; layer: string; stride: Pair; error: number }
  /** Inside all is well, but not at the borders, here first. */
  | { kind: 'borders'; layer: string; error: number };

export function verdictOf(layers: readonly LayerEquivariance[], placement: Placement): EquivarianceVerdict {
  const { shift, scale, degrees } = placement;
  const turned = scale !== 1 || degrees !== 0;
  if (layers.some(({ error }) => Number.isNaN(error))) return { kind: 'broken' };
  if (!turned && shift[0] === 0 && shift[1] === 0) return { kind: 'still' };
  const maps = layers.filter(({ stride }) => stride !== null);
  const inside = maps.find(({ inner }) => inner !== null && inner > rounding);
  if (inside) {
    const [name, error] = [inside.name, inside.inner!];
    return turned
      ? { kind: 'notPromised', first: name, error }
      : { kind: 'stride', layer: name, stride: inside.stride!, error };
  }
  const border = maps.find(({ error }) => error > rounding);
  if (border) return { kind: 'borders', layer: border.name, error: border.error };
  return maps.some(({ inner }) => inner !== null) ? { kind: 'holds' } : { kind: 'unseen' };
}
