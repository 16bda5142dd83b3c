/** Automatic copies of project.db in the project's snapshots/: taken while nobody waits for it, the older ones thinned out. */
import { mkdirSync, read, readdirSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Snapshot } from '../../shared/labelling.ts';
import { syncFolder } from '../files.ts';
import { readChecked, writeChecked } from './checked-file.ts';
import { fingerprintOfFile, fingerprintSchema, isSame } from './seal.ts';
import type { Fingerprint } from './seal.ts';

const newest = 5;
const days = 7;
const chunkBytes = 2 ** 20;

/** A copy counts when this stands beside it: it is written last. */
const manifestSchema = fingerprintSchema.extend({ takenAt: z.string(), images: z.number(), labelled: z.number() });
type Manifest = z.infer<typeof manifestSchema>;

/** What is copied: the part of an open database that this needs. */
interface Source {
  readonly folder: string;
  readonly sql: DatabaseSync;
  merge(): Fingerprint | null;
  whileUnchanged<T>(copy: (file: number) => Promise<T>): Promise<T>;
}

const folderOf = (project: string): string => join(project, 'snapshots');
export const snapshotFile = (project: string, id: string): string => join(folderOf(project), `${id}.db`);
const manifestFile = (project: string, id: string): string => join(folderOf(project), `${id}.json`);

function namesIn(project: string): string[] {
  try {
    return readdirSync(folderOf(project));
  } catch {
    return [];
  }
}

/** Newest first: an id is the time it was taken. */
function manifests(project: string): (Manifest & { id: string })[] {
  const names = new Set(namesIn(project));
  return [...names]
    .filter((name) => name.endsWith('.json') && names.has(name.replace(/json$/, 'db')))
    .map((name) => name.slice(0, -'.json'.length))
    .sort()
    .reverse()
    .flatMap((id) => {
      const manifest = readChecked(manifestFile(project, id), manifestSchema);
      return manifest ? [{ id, ...manifest }] : [];
    });
}

/** The copies that are there, newest first. */
export function listSnapshots(project: string): Snapshot[] {
  return manifests(project).map(({ id, takenAt, images, labelled }) => ({ id, takenAt, images, labelled }));
}

/** What that copy must hold; null when there is no such copy, or when it holds something else. */
export function verifySnapshot(project: string, id: string): Fingerprint | null {
  const manifest = manifests(project).find((found) => found.id === id);
  if (!manifest) return null;
  return isSame(fingerprintOfFile(snapshotFile(project, id)), manifest) ? manifest : null;
}

/**
 * Copies project.db as it is now, a piece at a time, unless the newest copy holds the same. False where it cannot be
 * copied now (see `Database.merge`). Throws Node's file errors, ENOSPC among them, and leaves nothing behind then.
 */
export async function takeSnapshot(db: Source, now = new Date()): Promise<boolean> {
  const content = db.merge();
  if (!content) return false;
  const [before] = manifests(db.folder);
  if (before && isSame(before, content)) return true;
  const { images, labelled } = db.sql
    .prepare('SELECT COUNT(*) AS images, COUNT(class_id) AS labelled FROM images')
    .get() as {
    images: number;
    labelled: number;
  };
  const id = now.toISOString().replaceAll(/[:.]/g, '-');
  mkdirSync(folderOf(db.folder), { recursive: true });
  await db.whileUnchanged((file) => copyFile(file, content, snapshotFile(db.folder, id)));
  writeChecked(manifestFile(db.folder, id), { takenAt: now.toISOString(), images, labelled, ...content });
  thinOut(db.folder);
  return true;
}

/** From an open file; complete and on the disk when the name is there. */
async function copyFile(from: number, { size }: Fingerprint, to: string): Promise<void> {
  const temporary = `${to}.tmp`;
  try {
    const copy = await open(temporary, 'w');
    try {
      const buffer = Buffer.allocUnsafe(chunkBytes);
      for (let at = 0; at < size;) {
        const { bytesRead } = await promisify(read)(from, buffer, 0, Math.min(chunkBytes, size - at), at);
        if (bytesRead === 0) throw new Error('project.db has become shorter.');
        // Unlike `write`, this one writes all of it or throws.
        await copy.writeFile(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
      await copy.sync();
    } finally {
      await copy.close();
    }
    await rename(temporary, to);
    syncFolder(join(to, '..'));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Keeps the newest ones, and the last of each of the last days that have any (UTC); removes what a crash left. */
function thinOut(project: string): void {
  const all = manifests(project);
  const kept = new Set(all.slice(0, newest).map(({ id }) => id));
  const lastOfDay = new Map<string, string>();
  for (const { id, takenAt } of all) {
    const day = takenAt.slice(0, 10);
    if (!lastOfDay.has(day)) lastOfDay.set(day, id);
  }
  for (const id of [...lastOfDay.values()].slice(0, days)) kept.add(id);
  for (const name of namesIn(project)) {
    if (!kept.has(name.replace(/\.(db|json)$/, ''))) rmSync(join(folderOf(project), name), { force: true });
  }
}
