/** The table of all layers for a spreadsheet and for a report. */
import { csvRow, markdownTable } from '../../text-table.ts';
import type { NetworkDescription } from '../describe.ts';
import { activationBytes } from '../memory.ts';

const columns = [
  'layer',
  'kind',
  'output',
  'parameters',
  'without bias',
  'not trained',
  'multiply-accumulates',
  'receptive field, px',
  'stride, px',
  'start, px',
  'memory for the batch, bytes',
  'share of parameters',
] as const;

/** One list of cells a layer, and one for the totals; what is not known yet is empty. Pairs are "height x width". */
function rowsOf({ layers, totals }: NetworkDescription, batch: number): string[][] {
  const rows = layers.map((row) => [
    row.name,
    row.kind ?? '',
    row.outputShape?.join(' x ') ?? '',
    ...(row.outputShape
      ? [row.params, row.paramsWithoutBias, row.nonTrainable, row.macs].map(String)
      : ['', '', '', '']),
    row.receptiveField?.size.join(' x ') ?? '',
    row.receptiveField?.stride.join(' x ') ?? '',
    row.receptiveField?.start.join(' x ') ?? '',
    row.outputShape ? String(activationBytes(row.outputShape, batch)) : '',
    row.outputShape && totals.params > 0 ? (row.params / totals.params).toFixed(4) : '',
  ]);
  const total = ['total', '', '', String(totals.params), '', String(totals.nonTrainable), String(totals.macs)];
  return [...rows, [...total, ...columns.slice(total.length).map(() => '')]];
}

/** As RFC 4180 has it: lines end in CR LF, and a cell that holds a comma or a quote is quoted. */
export function tableCsv(description: NetworkDescription, batch: number): string {
  return [columns, ...rowsOf(description, batch)].map(csvRow).join('');
}

export function tableMarkdown(description: NetworkDescription, batch: number): string {
  return `${markdownTable(columns, rowsOf(description, batch), (column) => column > 2)}\n`;
}
