/** Moving a project's folder, also to another disk, without a moment at which it is whole nowhere. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ReceptiveError } from '../../shared/errors.ts';
import { syncFolder } from '../files.ts';

/** Moves `from` to `to`, which must not exist. `rename` fails between disks; then copied, compared, and only then deleted. */
export async function moveFolder(from: string, to: string, renameFolder: typeof rename = rename): Promise<void> {
  if (existsSync(to)) {
    throw new ReceptiveError('exists', `"${to}" already exists.`, 'Choose a name that is not taken.');
  }
  if (`${to}/`.startsWith(`${from}/`)) {
    throw new ReceptiveError('usage', `"${to}" is inside the project itself.`, 'Choose a place outside it.');
  }
  await mkdir(dirname(to), { recursive: true });
  try {
    await renameFolder(from, to);
    syncFolder(dirname(to));
  } catch (error) {
    if ((error as { code?: string }).code !== 'EXDEV') throw error;
    await copyAcross(from, to);
  }
}

async function copyAcross(from: string, to: string): Promise<void> {
  const arriving = `${to}.arriving-${process.pid}`;
  try {
    await cp(from, arriving, { recursive: true, preserveTimestamps: true });
    await compare(from, arriving);
    await rename(arriving, to);
    syncFolder(dirname(to));
  } catch (error) {
    await rm(arriving, { recursive: true, force: true });
    throw error;
  }
  await rm(from, { recursive: true, force: true });
}

async function compare(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const copy = join(to, file.slice(from.length));
    if ((await hashOf(file)) === (await hashOf(copy))) continue;
    throw new ReceptiveError(
      'unreadable',
      `The copy of "${file}" is not the same as the file.`,
      'The project stays where it was; check the other disk.',
    );
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
