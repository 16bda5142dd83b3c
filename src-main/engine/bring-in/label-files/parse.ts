/** Files that say which image has which label: told by their names' ends, and JSON by what is in it. */
import { extname } from 'node:path';
import { isCoco, readCoco } from './coco.ts';
import { readCsv } from './csv.ts';
import { readJsonLines, readList } from './json-lines.ts';
import { isTaskList, readLabelStudio } from './label-studio.ts';
import { columnNames } from './record.ts';
import { wrongFile } from './rows.ts';
import type { LabelFile } from './rows.ts';
import { readText } from './text.ts';

const readers: Readonly<Record<string, (file: string, text: string) => LabelFile>> = {
  '.csv': readCsv,
  '.tsv': readCsv,
  '.jsonl': readJsonLines,
  '.ndjson': readJsonLines,
  '.json': readJson,
};

const readerOf = (path: string) => readers[extname(path).toLowerCase()];

export const isLabelFile = (path: string): boolean => readerOf(path) !== undefined;

/** @throws ReceptiveError `unreadable`, saying what is wrong and where, or Node's error when it cannot be read. */
export async function parseLabelFile(path: string): Promise<LabelFile> {
  const text = await readText(path);
  if (text.trim() === '') throw wrongFile(path, 'it is empty.', `Give it ${columnNames}.`);
  return readerOf(path)!(path, text);
}

function readJson(file: string, text: string): LabelFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (isObject(firstLine(text))) return readJsonLines(file, text);
    const fault = `it is not whole JSON (${(error as Error).message}).`;
    throw wrongFile(file, fault, 'It may have been cut short: export it again.');
  }
  if (Array.isArray(value) && value.length > 0) {
    if (isTaskList(value)) return readLabelStudio(file, value);
    const fromLabelStudio = value.some((item) => isObject(item) && ('annotation_id' in item || 'annotator' in item));
    return readList(file, value, fromLabelStudio ? 'labelStudio' : 'jsonLines');
  }
  if (isObject(value) && isCoco(value)) return readCoco(file, value);
  throw wrongFile(
    file,
    'it is neither an export of Label Studio, nor COCO, nor a list of paths and labels.',
    'Export the labels as one of these, or as CSV.',
  );
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first line as JSON; null when it is none. */
function firstLine(text: string): unknown {
  try {
    return JSON.parse(text.slice(0, text.indexOf('\n'))) as unknown;
  } catch {
    return null;
  }
}
