/** Figures in columns. */
import { ink, line, textWidth, type Block } from '../../../src-main/shared/figure/drawing.ts';
import type { TablePicture } from '../figure.ts';

const rowHeight = 20;
const gap = 18;

export function tableBlock({ columns, rows }: TablePicture): Block {
  const widths = columns.map((head, at) =>
    Math.max(...[head, ...rows.map((row) => row[at] ?? '')].map((cell) => textWidth(cell))),
  );
  const ends = widths.map((_, at) => widths.slice(0, at + 1).reduce((sum, width) => sum + width, at * gap));
  const width = ends.at(-1) ?? 0;
  /** What a row is of stands at the left, figures at the right. */
  const cells = (row: readonly string[], y: number, bold: boolean) =>
    row.map((cell, at) => (at === 0 ? line(0, y, cell, { bold }) : line(ends[at]!, y, cell, { bold, anchor: 'end' })));
  const markup = [
    ...cells(columns, 14, true),
    ...rows.flatMap((row, at) => [
      `<path d="M0 ${(at + 1) * rowHeight}h${width}" stroke="${ink.line}"/>`,
      ...cells(row, (at + 1) * rowHeight + 14, false),
    ]),
  ];
  return { width, height: (rows.length + 1) * rowHeight, markup: markup.join('') };
}
