/** Puts a snapshot in the place of project.db, so that a crash at any moment leaves the one or the other to be opened. */
import { copyFileSync, existsSync, fsyncSync, closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ReceptiveError } from '../../shared/errors.ts';
import { syncFolder } from '../files.ts';
import { databaseName } from './check.ts';
import { readChecked, writeChecked } from './checked-file.ts';
import { fingerprintSchema, noLog, removeSeal, writeSeal } from './seal.ts';
import { listSnapshots, snapshotFile, verifySnapshot } from './snapshots.ts';

/** While this is there, restoring has begun and is finished before anything else. */
const planSchema = fingerprintSchema.extend({ aside: z.string() });
const planOf = (folder: string): string => join(folder, 'project.restoring');

/** "2026-11-23T07-25-35-123Z", as part of a name. */
const stamp = (): string => new Date().toISOString().replaceAll(/[:.]/g, '-');

/**
 * Replaces the database of the project in `folder`, whose lock the caller holds, by that snapshot. The one that was there
 * is kept beside it as project.db.replaced-<time>.
 * @throws ReceptiveError 'unreadable' where the snapshot is damaged, 'not-found'; Node's ENOSPC: then nothing has changed
 */
export function restoreSnapshot(folder: string, id: string): void {
  const content = verifySnapshot(folder, id);
  if (!content) {
    throw new ReceptiveError(
      listSnapshots(folder).some((known) => known.id === id) ? 'unreadable' : 'not-found',
      `The copy "${id}" of the project is damaged or not there.`,
      'Restore another one; nothing was changed.',
    );
  }
  const arriving = arrivingOf(folder);
  try {
    copyFileSync(snapshotFile(folder, id), arriving);
    sync(arriving);
    writeChecked(planOf(folder), { ...content, aside: `${databaseName}.replaced-${stamp()}` });
  } catch (error) {
    rmSync(arriving, { force: true });
    throw error;
  }
  finishRestoring(folder);
}

/** Does what is left to do of a restoring that has begun, if one has. */
export function finishRestoring(folder: string): void {
  const plan = readChecked(planOf(folder), planSchema);
  if (!plan) return;
  const { aside, ...content } = plan;
  const [database, arriving] = [join(folder, databaseName), arrivingOf(folder)];
  removeSeal(folder);
  // Still there: project.db is yet the one to be replaced.
  if (existsSync(arriving)) {
    if (existsSync(database)) renameSync(database, join(folder, aside));
    if (existsSync(`${database}-wal`)) renameSync(`${database}-wal`, join(folder, `${aside}-wal`));
    rmSync(`${database}-shm`, { force: true });
    syncFolder(folder);
    renameSync(arriving, database);
    syncFolder(folder);
  }
  writeSeal(folder, { ...content, merged: noLog });
  rmSync(planOf(folder));
  syncFolder(folder);
}

/** A log of which SQLite will drop a part is kept as it is, too. */
export function keepDamagedLog(folder: string): void {
  const log = join(folder, `${databaseName}-wal`);
  if (existsSync(log)) copyFileSync(log, `${log}.replaced-${stamp()}`);
}

const arrivingOf = (folder: string): string => join(folder, `${databaseName}.arriving`);

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
