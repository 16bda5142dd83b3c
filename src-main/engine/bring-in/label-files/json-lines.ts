/** JSON objects with a path and a label: one a line, or a list of them. */
import { addRow, columnNames, columnsOf } from './record.ts';
import { Faults, wrongFile } from './rows.ts';
import type { LabelFile, LabelRow } from './rows.ts';

interface Item {
  value: unknown;
  place: string;
}

/** @throws ReceptiveError `unreadable`, naming the lines that are wrong. */
export function readJsonLines(file: string, text: string): LabelFile {
  const faults = new Faults(file);
  const items: Item[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const place = `line ${index + 1}`;
    try {
      items.push({ value: JSON.parse(line) as unknown, place });
    } catch {
      faults.add(place, 'it is not a JSON object');
    }
  });
  if (items.length === 0) faults.throwIfAny();
  return readItems(file, items, faults, 'jsonLines');
}

/** The same objects as the items of one list. */
export function readList(file: string, list: readonly unknown[], kind: 'jsonLines' | 'labelStudio'): LabelFile {
  const items = list.map((value, index) => ({ value, place: `item ${index + 1}` }));
  return readItems(file, items, new Faults(file), kind);
}

function readItems(file: string, items: readonly Item[], faults: Faults, kind: LabelFile['kind']): LabelFile {
  if (items.length === 0) throw wrongFile(file, 'it is empty.', `Give each line ${columnNames}.`);
  const rows: LabelRow[] = [];
  for (const { value, place } of items) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      faults.add(place, 'it is not a JSON object');
      continue;
    }
    const record = value as Record<string, unknown>;
    const columns = columnsOf(Object.keys(record).map((key) => [key, key] as const));
    if (!columns) faults.add(place, 'it has no path, file, filename or image');
    else {
      const field = (key: string | undefined) => (key === undefined ? undefined : record[key]);
      addRow(
        rows,
        { path: field(columns.path), label: field(columns.label), side: field(columns.side) },
        place,
        faults,
      );
    }
  }
  faults.throwIfAny();
  return { kind, rows };
}
