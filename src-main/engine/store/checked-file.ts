/** Small JSON files that vouch for something else, so they say themselves whether they are whole. */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { writeFileAtomically } from '../files.ts';

const wrapped = z.strictObject({ content: z.unknown(), crc32: z.number().int() });

const checksum = (content: unknown): number => crc32(JSON.stringify(content));

/** Durable when this returns, and never half there. */
export function writeChecked(path: string, content: object): void {
  writeFileAtomically(path, `${JSON.stringify({ content, crc32: checksum(content) })}\n`);
}

/** Null where there is no such file, or where a byte of it is not as it was written. */
export function readChecked<T>(path: string, schema: z.ZodType<T>): T | null {
  try {
    const text = readFileSync(path, 'utf8');
    const file = wrapped.parse(JSON.parse(text));
    // Compared as text, too: JSON allows changes that mean the same.
    if (checksum(file.content) !== file.crc32 || text !== `${JSON.stringify(file)}\n`) return null;
    return schema.parse(file.content);
  } catch {
    return null;
  }
}
