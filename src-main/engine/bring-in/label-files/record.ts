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
  else if (labels === null)
    faults.add(place, `its label is ${Array.isArray(values.label) ? 'a list of more than texts' : 'no text'}`);
  else if (side === null) {
    const word = typeof values.side === 'string' ? JSON.stringify(values.side.slice(0, 40)) : 'is no text and';
    faults.add(place, `its side ${word} is none of train, validation and test`);
  } else {
    const fault = labels.map(faultOfLabel).find((found) => found !== null);
    if (fault) faults.add(place, fault);
    else rows.push({ path: path.trim(), labels, side, place });
  }
}

/** A text, a number, or a list of them, as one label each; null for anything else. Label Studio writes {"choices": [...]}. */
export function labelsOf(value: unknown): string[] | null {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) {
    const labels = value.map(labelOf);
    return labels.includes(null) ? null : [...new Set(labels.flatMap((label) => label || []))];
  }
  if (typeof value === 'object') {
    return 'choices' in value && Array.isArray(value.choices) ? labelsOf(value.choices) : null;
  }
  const several = typeof value === 'string' && /^\s*\{\s*"choices"/.test(value) ? parsed(value) : undefined;
  if (several !== undefined) return labelsOf(several);
  const label = labelOf(value);
  return label === null ? null : label === '' ? [] : [label];
}

const labelOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : null;

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
