/**
 * A figure of the screen as it is taken along: what is drawn, and the numbers behind it. A tab gives both once; take.ts
 * derives the drawing (SVG, PNG) and the files of numbers (CSV, NPY).
 */
import type { Bars } from '../../src-main/shared/figure/bars.ts';
import type { Chart } from '../../src-main/shared/figure/chart.ts';
import type { Numbers } from '../../src-main/shared/figure/numbers.ts';
import type { Box } from '../../src-main/shared/inspect/field-box.ts';
import type { PixelImage } from '../../src-main/shared/pictures.ts';
import type { Palette, Range } from '../../src-main/shared/colors.ts';

export interface Figure {
  title: string;
  /** What is chosen on the screen and belongs to it, a line each: a shift, a filter. */
  notes?: readonly string[];
  /** In reading order. */
  panels: readonly Panel[];
  /** Exact: what the engine computed, not what colours show of it. */
  numbers: readonly Numbers[];
}

export interface Panel {
  title: string;
  picture: Picture;
  /** What stands between it and the panel before: "×". */
  sign?: string;
  /** Whether it begins a row; otherwise where the one before has no room for it. */
  newRow?: boolean;
}

export type Picture = MapPicture | PixelPicture | ChartPicture | BarsPicture | TablePicture;

/** Numbers as colours, a square a cell. */
export interface MapPicture {
  kind: 'map';
  /** Row by row; cells past the end stay empty. */
  values: ArrayLike<number>;
  size: readonly [rows: number, columns: number];
  palette: Palette;
  range: Range;
  /** Whether NaN is what has not come: it stays clear. */
  gaps?: boolean;
  /** Of the numbers at the ends of the scale. */
  show?: (value: number) => string;
  /** What the numbers are, with their unit: "logit". */
  measure?: string;
  frames?: readonly Frame[];
}

/** Drawn on a picture, in its cells; what lies outside is cut off. */
export interface Frame {
  box: Box;
  dashed?: boolean;
}

/** Pixels as they are, with a map of the same size laid over them. */
export interface PixelPicture {
  kind: 'pixels';
  image: PixelImage;
  /** `strength` from 0 (not to be seen) to 1 (nothing else is). */
  over?: Pick<MapPicture, 'values' | 'palette' | 'range' | 'gaps' | 'measure'> & { strength: number };
  frames?: readonly Frame[];
}

export interface ChartPicture extends Chart {
  kind: 'chart';
}

export interface BarsPicture extends Bars {
  kind: 'bars';
}

export interface TablePicture {
  kind: 'table';
  columns: readonly string[];
  /** The first cell says what the row is of. */
  rows: readonly (readonly string[])[];
}
