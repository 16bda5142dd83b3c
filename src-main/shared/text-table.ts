/** Tables as text: CSV and Markdown. */

/** One record of CSV with its line break, RFC 4180: quotes go around a value that needs them, and those inside are doubled. */
export const csvRow = (values: readonly string[]): string => `${values.map(quoted).join(',')}\r\n`;

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Markdown that GitHub and the like show as a table; columns of numbers stand to the right. */
export function markdownTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  isNumber: (column: number) => boolean,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = columns.map((_, index) => (isNumber(index) ? '---:' : '---'));
  return [line(columns.map(escaped)), line(rule), ...rows.map((row) => line(row.map(escaped)))].join('\n');
}

const escaped = (cell: string): string => cell.replaceAll('\\', '\\\\').replaceAll('|', '\\|');
