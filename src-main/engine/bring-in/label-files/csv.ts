/** CSV: a row an image. The delimiter and the header are found out. */
import { parse } from 'csv-parse/sync';
import type { CsvError, Info } from 'csv-parse/sync';
import { hasImageName } from '../image-name.ts';
import { sideOf } from '../layout.ts';
import { addRow, columnNames, columnsOf } from './record.ts';
import type { Columns } from './record.ts';
import { Faults, wrongFile } from './rows.ts';
import type { LabelFile, LabelRow } from './rows.ts';

interface Line {
  cells: string[];
  /** From 1; that on which a row with line breaks in quotes ends. */
  number: number;
}

const delimiters = [',', ';', '\t', '|'];

/** The one that divides the first line (quoted parts left out) most often; a comma when none does. */
function delimiterOf(text: string): string {
  const first = /^\s*([^\r\n]*)/.exec(text)?.[1]?.replaceAll(/"[^"]*"/g, '') ?? '';
  const counts = delimiters.map((delimiter) => first.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))]!;
}

function linesOf(text: string, faults: Faults): Line[] {
  const found = parse(text, {
    delimiter: delimiterOf(text),
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      const { code, lines } = error as CsvError & { lines: number };
      const open = code === 'CSV_QUOTE_NOT_CLOSED';
      faults.add(`line ${lines}`, open ? 'a quote before it is never closed' : 'a quote ends inside a field');
    },
  }) as unknown as { record: string[]; info: Info }[];
  return found.map(({ record, info }) => ({ cells: record, number: info.lines }));
}

/** Without a header: the column that holds names of images, the one beside it, and a third of nothing but sides. */
function guessColumns(lines: readonly Line[]): Columns<number> | null {
  const sample = lines.slice(0, 100);
  const share = (column: number, test: (cell: string) => boolean): number =>
    sample.filter(({ cells }) => test(cells[column] ?? '')).length / sample.length;
  const path = [0, 1].find((column) => share(column, hasImageName) > 0.5);
  if (path === undefined) return null;
  const third = share(2, (cell) => sideOf(cell) !== undefined) === 1;
  return { path, label: 1 - path, side: third ? 2 : undefined };
}

/** @throws ReceptiveError `unreadable`, naming the lines that are wrong. */
export function readCsv(file: string, text: string): LabelFile {
  const faults = new Faults(file);
  const lines = linesOf(text, faults);
  faults.throwIfAny();
  const [first] = lines;
  if (!first) throw wrongFile(file, 'it is empty.', `Give it ${columnNames}.`);
  const named = first.cells.some(hasImageName) ? null : columnsOf([...first.cells.entries()]);
  const columns = named ?? guessColumns(lines);
  if (columns === null || (named && columns.label === undefined)) {
    const seen = first.cells.slice(0, 8).map((cell) => JSON.stringify(cell.slice(0, 40)));
    throw wrongFile(file, `line ${first.number} has the columns ${seen.join(', ')}.`, `Give it ${columnNames}.`);
  }
  const rows: LabelRow[] = [];
  for (const { cells, number } of named ? lines.slice(1) : lines) {
    const cell = (column: number | undefined) => (column === undefined ? undefined : cells[column]);
    if (columns.label !== undefined && cells.length <= Math.max(columns.path, columns.label)) {
      faults.add(`line ${number}`, `it has ${cells.length} of ${first.cells.length} fields`);
    } else if (
      cells.length > first.cells.length &&
      cells.slice(first.cells.length).some((extra) => extra.trim() !== '')
    ) {
      faults.add(
        `line ${number}`,
        `it has ${cells.length} fields instead of ${first.cells.length}; put quotes around text with commas`,
      );
    } else {
      const values = { path: cell(columns.path), label: cell(columns.label), side: cell(columns.side) };
      addRow(rows, values, `line ${number}`, faults);
    }
  }
  faults.throwIfAny();
  return { kind: 'csv', rows };
}
