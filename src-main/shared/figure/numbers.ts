/** The numbers behind a figure: arrays with named axes, and the same as a table for a spreadsheet. */
import type { NpyValues } from '../npy.ts';
import { csvRow } from '../text-table.ts';

/** One axis of an array. Places have numbers from 0 on, or labels: names of classes, steps of training. */
export interface Axis {
  name: string;
  length: number;
  labels?: readonly (string | number)[];
}

export interface Numbers {
  /** Short, fit for a file's name and a column's head. */
  name: string;
  /** "px", "nats"; left out where a number has none. */
  unit?: string;
  axes: readonly Axis[];
  /** Row by row, the last axis fastest. */
  values: NpyValues;
}

/** `count` places numbered from 0 on. */
export const numbered = (name: string, length: number): Axis => ({ name, length });
export const labelled = (name: string, labels: readonly (string | number)[]): Axis => ({
  name,
  length: labels.length,
  labels,
});

export const shapeOf = ({ axes }: Pick<Numbers, 'axes'>): number[] => axes.map(({ length }) => length);

/**
 * One record a place, RFC 4180, every number as the shortest decimal that reads back as the same. Arrays over the same axes
 * stand in columns side by side; arrays over different ones follow each other, the first column naming each.
 */
export function numbersCsv(arrays: readonly Numbers[]): string {
  const kinds = new Set(arrays.map(({ axes }) => JSON.stringify(axes)));
  let text = '';
  for (const record of kinds.size === 1 ? sideBySide(arrays) : oneByOne(arrays)) text += csvRow(record);
  return text;
}

function* sideBySide(arrays: readonly Numbers[]): Iterable<string[]> {
  const { axes } = arrays[0]!;
  yield [...axes.map(({ name }) => name), ...arrays.map(headOf)];
  for (const { at, places } of placesOf(axes)) yield [...places, ...arrays.map(({ values }) => String(values[at]))];
}

function* oneByOne(arrays: readonly Numbers[]): Iterable<string[]> {
  const names = [...new Set(arrays.flatMap(({ axes }) => axes.map(({ name }) => name)))];
  yield ['array', ...names, 'value'];
  for (const array of arrays) {
    const columns = names.map((name) => array.axes.findIndex((axis) => axis.name === name));
    for (const { at, places } of placesOf(array.axes)) {
      yield [headOf(array), ...columns.map((column) => places[column] ?? ''), String(array.values[at])];
    }
  }
}

const headOf = ({ name, unit }: Numbers): string => (unit ? `${name} (${unit})` : name);

/** Every place of an array, in the order of its values. */
function* placesOf(axes: readonly Axis[]): Iterable<{ at: number; places: string[] }> {
  const count = shapeOf({ axes }).reduce((product, length) => product * length, 1);
  for (let at = 0; at < count; at++) {
    const places: string[] = [];
    let rest = at;
    for (const { length, labels } of axes.toReversed()) {
      places.unshift(String(labels?.[rest % length] ?? rest % length));
      rest = Math.floor(rest / length);
    }
    yield { at, places };
  }
}
