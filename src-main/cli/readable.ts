/** Results as text: one line a value, one aligned table a list of records or a matrix. */
import { markdownTable } from '../shared/text-table.ts';

/** { params: 61706, images: [{ path: "a.png", status: "ok" }] } -> the table of images, a blank line, "params  61,706" */
export function readable(fields: Record<string, unknown>): string {
  const tables: string[] = [];
  const values: [string, string][] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (isListOf(value, isRecord)) tables.push(`${name}\n${table(value)}`);
    else if (isListOf(value, Array.isArray)) tables.push(`${name}\n${matrix(value)}`);
    else if (value !== undefined) values.push([name, valueText(value)]);
  }
  const width = Math.max(0, ...values.map(([name]) => name.length));
  const lines = values.map(([name, text]) => `${name.padEnd(width)}  ${text}`.trimEnd());
  return [...tables, lines.join('\n')].filter((block) => block !== '').join('\n\n');
}

/** Columns are the fields that occur, in the order met; numbers stand to the right. */
export function table(records: readonly Record<string, unknown>[]): string {
  const { columns, cells, isNumber } = gridOf(records);
  return aligned([columns, ...cells], isNumber);
}

/** The same as Markdown. */
export function asMarkdown(records: readonly Record<string, unknown>[]): string {
  const { columns, cells, isNumber } = gridOf(records);
  return markdownTable(columns, cells, isNumber);
}

function gridOf(records: readonly Record<string, unknown>[]) {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.map((record) => columns.map((column) => record[column]));
  return {
    columns,
    cells: rows.map((row) => row.map(valueText)),
    isNumber: (column: number): boolean => rows.every((row) => typeof (row[column] ?? 0) === 'number'),
  };
}

function matrix(rows: readonly unknown[][]): string {
  return aligned(
    rows.map((row) => row.map(valueText)),
    () => true,
  );
}

function aligned(rows: readonly string[][], toTheRight: (column: number) => boolean): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const pad = (cell: string, i: number): string =>
    toTheRight(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (!isRecord(value)) return String(value);
  return Object.entries(value)
    .map(([name, item]) => `${name} ${valueText(item)}`)
    .join(', ');
}

/** 61706 -> "61,706"; 1820.5928 -> "1,821"; 0.8512345 -> "0.8512"; 1.5e-7 -> "1.5e-7" */
function numberText(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en');
  const size = Math.abs(value);
  if (size < 0.001) return String(Number(value.toPrecision(3)));
  return value.toLocaleString('en', { maximumFractionDigits: size < 10 ? 4 : size < 1000 ? 1 : 0 });
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.length > 0 && value.every(is);
}

function isRecord(item: unknown): item is Record<string, unknown> {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}
