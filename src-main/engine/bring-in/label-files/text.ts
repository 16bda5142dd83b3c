/** Reads a file of labels as text. */
import { open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { wrongFile } from './rows.ts';

/** Above this the file would fill the memory; a million rows take a tenth of it. */
const largestMiB = 256;

/** UTF-8, or UTF-16 with its mark; the mark is taken off. @throws ReceptiveError `unreadable`, or Node's error. */
export async function readText(path: string): Promise<string> {
  // O_NONBLOCK: a pipe of that name does not keep the opening waiting.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw wrongFile(path, 'it is no file.', 'Choose a file of labels.');
    if (stats.size > largestMiB * 2 ** 20) {
      const size = Math.round(stats.size / 2 ** 20).toLocaleString('en');
      throw wrongFile(path, `it has ${size} MiB; the limit is ${largestMiB} MiB.`, 'Divide it into smaller files.');
    }
    const bytes = await file.readFile();
    const text = decode(bytes);
    if (text !== null && !text.includes('\0')) return text;
    throw wrongFile(path, 'it is not text in UTF-8.', 'Save it as UTF-8.');
  } finally {
    await file.close();
  }
}

function decode(bytes: Buffer): string | null {
  const mark = bytes.toString('latin1', 0, 2);
  const encoding = mark === '\xff\xfe' ? 'utf-16le' : mark === '\xfe\xff' ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
