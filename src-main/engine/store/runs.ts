/**
 * The project's index of its runs. Everything a run is stands in runs/<id>/; the index adds the name it was given since
 * and how it ended.
 */
import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { DamagedRun, RunSummary } from '../../shared/project.ts';
import type { EpochMetrics, RunEnd, RunInfo } from '../../shared/run.ts';
import { infoName, readMetrics, readNote, readRunInfo, writeNote } from '../training/run-files.ts';
import type { Database } from './database.ts';

interface IndexRow {
  id: string;
  name: string;
  created_at: string;
  ended: RunEnd | null;
}

const runsFolder = (db: Database): string => join(db.folder, 'runs');

/** Also keeps an id from leading out of the project. */
const isRunId = (id: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(id);

/** The folder of a run of this project. Throws 'not-found'. */
export function runFolder(db: Database, id: string): string {
  const folder = join(runsFolder(db), id);
  if (isRunId(id) && existsSync(join(folder, infoName))) return folder;
  throw noRun(id);
}

const noRun = (id: string): ReceptiveError =>
  new ReceptiveError('not-found', `There is no run "${id}" in this project.`, 'It may have been deleted.');

/** A new run's id, its place in runs/, e.g. "2026-01-31-142503" (UTC), with a number behind when that is taken. */
export function newRunId(db: Database, taken: ReadonlySet<string>): string {
  const base = new Date().toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(id) && !existsSync(join(runsFolder(db), id))) return id;
  }
}

/** The ids of the images that a run learnt from and of those it held out. */
export interface RunSides {
  training: number[];
  validation: number[];
}

const toBlob = (ids: number[]): Uint8Array => new Uint8Array(Uint32Array.from(ids).buffer);
const fromBlob = (blob: unknown): number[] => [...new Uint32Array((blob as Uint8Array).slice().buffer)];

/** Notes a run whose folder has just been made. */
export function indexRun(db: Database, id: string, info: RunInfo, sides: RunSides): void {
  db.transaction(() => {
    db.sql
      .prepare('INSERT INTO runs (id, name, created_at, training_ids, validation_ids) VALUES (?, ?, ?, ?, ?)')
      .run(id, info.name, info.createdAt, toBlob(sides.training), toBlob(sides.validation));
  });
}

/** null for a run that was copied into the project: which of its images that one saw is not known. */
export function runSides(db: Database, id: string): RunSides | null {
  const row = db.sql.prepare('SELECT training_ids, validation_ids FROM runs WHERE id = ?').get(id);
  if (!row) return null;
  return { training: fromBlob(row['training_ids']), validation: fromBlob(row['validation_ids']) };
}

/** A run that is resumed has not ended. */
export function reopenRun(db: Database, id: string): void {
  unnoted.get(db)?.delete(id);
  db.transaction(() => db.sql.prepare('UPDATE runs SET ended = NULL WHERE id = ?').run(id));
}

/** How runs ended, where the disk had no room to note it: noted as soon as it has. */
const unnoted = new WeakMap<Database, Map<string, RunEnd>>();

/** Where it throws, the run has ended all the same, and the project knows how for as long as it is open. */
export function endRun(db: Database, id: string, end: RunEnd): void {
  unnoted.set(db, (unnoted.get(db) ?? new Map<string, RunEnd>()).set(id, end));
  noteEnds(db);
}

function noteEnds(db: Database): void {
  for (const [id, end] of unnoted.get(db) ?? []) {
    db.transaction(() => db.sql.prepare('UPDATE runs SET ended = ? WHERE id = ?').run(end, id));
    unnoted.get(db)?.delete(id);
  }
}

/** Ends every run that has not ended: what was going when the engine was lost, or is when the engine is told to end. */
export function endAbandonedRuns(db: Database, end: Extract<RunEnd, 'engineLost' | 'stopped'>): void {
  noteEnds(db);
  if (!db.sql.prepare('SELECT 1 FROM runs WHERE ended IS NULL').get()) return;
  db.transaction(() => db.sql.prepare('UPDATE runs SET ended = ? WHERE ended IS NULL').run(end));
}

/** A folder in runs/, as it stands: a run, or what is wrong with it. */
type Found = { run: RunSummary } | { damaged: DamagedRun };

/** The project's runs, newest first; a folder that was copied in by hand is one too. */
export function listRuns(db: Database): RunSummary[] {
  const runs = readRuns(db).flatMap((found) => ('run' in found ? [found.run] : []));
  return runs.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
}

/** Folders in runs/ that cannot be used, and why, by name. */
export function listDamagedRuns(db: Database): DamagedRun[] {
  const damaged = readRuns(db).flatMap((found) => ('damaged' in found ? [found.damaged] : []));
  return damaged.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function readRuns(db: Database): Found[] {
  const folder = runsFolder(db);
  const rows = db.sql.prepare('SELECT id, name, created_at, ended FROM runs').all() as unknown as IndexRow[];
  const index = new Map(
    rows.map((row) => [row.id, { ...row, ended: row.ended ?? unnoted.get(db)?.get(row.id) ?? null }]),
  );
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((id) => isRunId(id) && statSync(join(folder, id), { throwIfNoEntry: false })?.isDirectory())
    .map((id) => {
      try {
        return { run: summarize(join(folder, id), id, index.get(id)) };
      } catch (error) {
        return { damaged: { id, problem: reportError(error).message } };
      }
    });
}

/** Throws what is wrong with the run's files. */
function summarize(folder: string, id: string, row: IndexRow | undefined): RunSummary {
  const { name, recipe, params, preprocessing, classes, network, createdAt, ...info } = readRunInfo(folder);
  const { dataHash, threads, device, versions, trainingImages, validationImages } = info;
  const metrics = readMetrics(folder);
  const unindexed = metrics.length < recipe.epochs ? 'stopped' : 'completed';
  return {
    id,
    name: row?.name ?? name,
    createdAt,
    end: row ? row.ended : unindexed,
    epochs: metrics.length,
    recipe,
    params,
    preprocessing,
    classes,
    network,
    last: metrics.at(-1) ?? null,
    note: readNote(folder),
    record: { dataHash, threads, device, versions, trainingImages, validationImages },
  };
}

export function noteRun(db: Database, id: string, note: string): void {
  writeNote(runFolder(db, id), note);
}

export const runMetrics = (db: Database, id: string): EpochMetrics[] => readMetrics(runFolder(db, id));

/** A run that was copied into the project keeps the name in its run.json. Throws 'unsupported' for such a one. */
export function renameRun(db: Database, id: string, name: string): void {
  runFolder(db, id);
  db.transaction(() => {
    const { changes } = db.sql.prepare('UPDATE runs SET name = ? WHERE id = ?').run(name, id);
    if (changes === 1) return;
    throw new ReceptiveError('unsupported', `Run "${id}" was not made in this project and keeps its name.`);
  });
}

/** Deletes a run's folder, damaged or not, for good. Its name goes first, so that half a deleted run is never listed. */
export async function deleteRun(db: Database, id: string): Promise<void> {
  const folder = join(runsFolder(db), id);
  if (!isRunId(id) || !existsSync(folder)) throw noRun(id);
  const deleted = join(runsFolder(db), `.deleted-${id}`);
  await rm(deleted, { recursive: true, force: true });
  renameSync(folder, deleted);
  db.transaction(() => db.sql.prepare('DELETE FROM runs WHERE id = ?').run(id));
  await rm(deleted, { recursive: true, force: true });
}
