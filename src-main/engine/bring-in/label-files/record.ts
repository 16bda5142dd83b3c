/** One row of a table of paths and labels, from CSV or JSON: which column is which, and what its values mean. */
import { sideOf } from '../layout.ts';
import type { Side } from '../layout.ts';
import { faultOfLabel } from './rows.ts';
import type { Faults, LabelRow } from './rows.ts';

/** Names of columns, lower case and without anything but letters and digits; the first that is there counts. */
const names = {
  path: ['path', 'filepath', 'imagepath', 'file', 'filename', 'image', 'imagefile', 'imagename', 'img'],
  label: ['label', 'labels', 'class', 'classname', 'category', 'categoryname', 'categories', 'choice', 'choices'],
  side: ['split', 'subset', 'set', 'side', 'partition'],
} as const;

/** The columns' own names; `label` and `side` are undefined where there is none. */
export interface Columns<K> {
  path: K;
  label: K | undefined;
  side: K | undefined;
}

/** Finds the columns by their names; null without one for the path. */
export function columnsOf<K>(columns: readonly (readonly [key: K, name: string])[]): Columns<K> | null {
  const known = columns.map(([key, name]) => [key, name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')] as const);
  const find = (wanted: readonly string[]): K | undefined => {
    for (const name of wanted) {
      const found = known.find(([, column]) => column === name);
      if (found) return found[0];
    }
    return undefined;
  };
  const path = find(names.path);
  return path === undefined ? null : { path, label: find(names.label), side: find(names.side) };
}

export const columnNames =
  'a column for the image (path, file, filename or image) and one for its label (label, class or category)';

/** Adds the row, or the fault that it has. `values` are as the format gave them. */
export function addRow(
  rows: LabelRow[],
  values: { path: unknown; label: unknown; side: unknown },
  place: string,
  faults: Faults,
): void {
  const { path } = values;
  const labels = labelsOf(values.label);
  const side = sideFrom(values.side);
  if (typeof path !== 'string' || path.trim() === '') faults.add(place, 'it names no image');
  else if (path.includes('\0')) faults.add(place, 'its path contains a NUL character');
  else if (labels === null) faults.add(place, `its label is no text: ${JSON.stringify(values.label).slice(0, 60)}`);
  else if (side === null) {
    faults.add(place, `its side ${JSON.stringify(values.side)} is none of train, validation and test`);
  } else {
    const fault = labels.map(faultOfLabel).find((found) => found !== null);
    if (fault) faults.add(place, fault);
    else rows.push({ path: path.trim(), labels, side, place });
  }
}

/** A text, a number, or a list of them, as one label each; null for anything else. Label Studio writes {"choices": [...]}. */
export function labelsOf(value: unknown): string[] | null {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'string') {
    const several = /^\s*\{\s*"choices"/.test(value) ? parsed(value) : undefined;
    if (several !== undefined) return labelsOf(several);
    const label = value.trim();
    return label === '' ? [] : [label];
  }
  if (Array.isArray(value)) {
    const lists = value.map(labelsOf);
    return lists.includes(null) ? null : [...new Set(lists.flatMap((list) => list ?? []))];
  }
  if (typeof value === 'object' && 'choices' in value) return labelsOf(value.choices);
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Nothing, and "none", is no side; null for a word that is none. */
function sideFrom(value: unknown): Side | undefined | null {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return null;
  const word = value.trim().toLowerCase();
  return word === '' || word === 'none' ? undefined : (sideOf(word) ?? null);
}
