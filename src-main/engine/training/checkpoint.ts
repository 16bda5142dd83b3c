/**
 * Checkpoints: `checkpoints/<epochs done>[-<steps done of the next>]/` holds weights.bin (float32, little endian, tensor
 * after tensor) and manifest.json with its sha256. A checkpoint is written under a temporary name and renamed, so a folder
 * with a number is whole.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { EpochMetrics } from '../../shared/run.ts';
import { syncFolder, writeFileAtomically } from '../files.ts';
import { metricsSchema } from './run-files.ts';
import type { NamedTensor } from './trainer.ts';

const kept = 2;
const namePattern = /^(\d{6,})(?:-(\d{6,}))?$/;
const leftover = '.tmp';

const begunSchema = z.strictObject({
  steps: z.number().int().min(0),
  seconds: z.number().min(0),
  sums: z.array(z.number()),
});
/** What was done of an epoch: its steps, the time they took, and the sums of the metrics as the trainer keeps them. */
export type BegunEpoch = z.output<typeof begunSchema>;

const manifestSchema = z.strictObject({
  format: z.literal(1),
  epoch: z.number().int().min(0),
  begun: begunSchema.nullable().default(null),
  bytes: z.number().int().min(0),
  sha256: z.string(),
  metrics: z.array(metricsSchema).optional(),
  tensors: z.array(
    z.strictObject({ name: z.string(), shape: z.array(z.number().int().min(0)), offset: z.number().int().min(0) }),
  ),
});
type Manifest = z.output<typeof manifestSchema>;

/** Where a run stands. */
export interface Position {
  /** Whole epochs done. */
  epoch: number;
  /** What was done of the epoch after those; null at an epoch's end. */
  begun: BegunEpoch | null;
}

export interface Checkpoint extends Position {
  tensors: NamedTensor[];
  /** Of epochs that nothing else on the disk tells of, as it was full. */
  metrics?: readonly EpochMetrics[];
}

/**
 * Saves and then drops all but the newest two and that of the epoch `best`. Where the disk is full, those before the
 * newest make room first, that of the best epoch last. On failure the newest of those saved before is untouched. What
 * was saved at this position before stands: training to the same place leads to the same weights.
 */
export async function saveCheckpoint(
  folder: string,
  checkpoint: Checkpoint,
  best: number | null = null,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (checkpointNames(folder).includes(nameOf(checkpoint))) return;
  for (let saved = false; !saved;) {
    try {
      await writeCheckpoint(folder, checkpoint);
      saved = true;
    } catch (error) {
      const oldest = spare(folder, 1, best).at(-1) ?? spare(folder, 1, null)[0];
      if (reportError(error).code !== 'disk-full' || oldest === undefined) throw error;
      remove(folder, oldest);
    }
  }
  for (const old of spare(folder, kept, best)) remove(folder, old);
}

/** The checkpoints before the newest `count`, newest first, without that of the epoch `best`. */
const spare = (folder: string, count: number, best: number | null): string[] =>
  checkpointNames(folder)
    .slice(count)
    .filter((name) => best === null || name !== sixDigits(best));

async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const final = join(folder, nameOf(checkpoint));
  const temporary = `${final}${leftover}`;
  await rm(temporary, { recursive: true, force: true });
  try {
    await mkdir(temporary);
    const file = await open(join(temporary, 'weights.bin'), 'wx');
    let manifest: Manifest;
    try {
      manifest = await writeTensors(file, checkpoint);
      await file.sync();
    } finally {
      await file.close();
    }
    writeFileAtomically(join(temporary, 'manifest.json'), JSON.stringify(manifest, null, 1));
    await rename(temporary, final);
    syncFolder(folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Tensor after tensor, so that messages are answered in between and no second copy of all weights is made. */
async function writeTensors(file: FileHandle, { epoch, begun, tensors, metrics }: Checkpoint): Promise<Manifest> {
  const hash = createHash('sha256');
  const entries: Manifest['tensors'] = [];
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    hash.update(bytes);
    await file.writeFile(bytes);
    entries.push({ name, shape, offset });
    offset += bytes.length;
  }
  const about = { epoch, begun, bytes: offset, sha256: hash.digest('hex') };
  return { format: 1, ...about, metrics: metrics?.map((entry) => ({ ...entry })), tensors: entries };
}

/**
 * The newest checkpoint that is whole; a damaged one is passed over for the one before.
 * @throws ReceptiveError `invalid-model`, naming what is wrong with each, when none can be used.
 */
export function loadNewestCheckpoint(folder: string): Checkpoint {
  const faults: string[] = [];
  for (const name of checkpointNames(folder)) {
    try {
      return readCheckpoint(join(folder, name));
    } catch (error) {
      const parsing = error instanceof SyntaxError || error instanceof z.ZodError;
      faults.push(`${name}: ${parsing ? 'manifest.json is damaged' : reportError(error).message}`);
    }
  }
  const why = faults.length > 0 ? `every checkpoint is damaged (${faults.join('; ')})` : 'there is no checkpoint';
  throw new ReceptiveError('invalid-model', `${folder}: ${why}.`, 'Train again, or restore the run from a backup.');
}

/** The checkpoint at the end of `epoch`. @throws ReceptiveError `invalid-model` when it is not there or damaged. */
export function loadCheckpoint(folder: string, epoch: number): Checkpoint {
  try {
    return readCheckpoint(join(folder, sixDigits(epoch)));
  } catch (error) {
    const why =
      error instanceof SyntaxError || error instanceof z.ZodError
        ? 'manifest.json is damaged'
        : reportError(error).message;
    throw new ReceptiveError(
      'invalid-model',
      `${folder}: the weights of epoch ${epoch} cannot be read: ${why}`,
      'Use the last weights.',
    );
  }
}

/** How many whole epochs the newest checkpoint has, damaged or not. */
export const epochsSaved = (folder: string): number => Number(checkpointNames(folder)[0]?.split('-')[0] ?? 0);

/** Where the checkpoint at that position lies. */
export const checkpointFolder = (folder: string, position: Position): string => join(folder, nameOf(position));

/** Whether there is any checkpoint, whole or damaged. */
export const hasCheckpoints = (folder: string): boolean => checkpointNames(folder).length > 0;

/** Removes what a crash left half written, and damaged checkpoints after `position`: training gets there again. */
export function removeAfter(folder: string, position: Position): void {
  const newer = checkpointNames(folder);
  newer.splice(newer.indexOf(nameOf(position)));
  for (const name of newer) remove(folder, name);
  for (const name of readdirSync(folder).filter((name) => name.endsWith(leftover))) remove(folder, name);
}

const remove = (folder: string, name: string): void => rmSync(join(folder, name), { recursive: true, force: true });

const sixDigits = (number: number): string => String(number).padStart(6, '0');

const nameOf = ({ epoch, begun }: Position): string =>
  begun ? `${sixDigits(epoch)}-${sixDigits(begun.steps)}` : sixDigits(epoch);

/** Newest first. */
function checkpointNames(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const [, epoch, steps = 0] = namePattern.exec(name) ?? [];
      return epoch === undefined ? [] : [{ name, epoch: Number(epoch), steps: Number(steps) }];
    })
    .sort((a, b) => b.epoch - a.epoch || b.steps - a.steps)
    .map(({ name }) => name);
}

function readCheckpoint(folder: string): Checkpoint {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  const weights = readFileSync(join(folder, 'weights.bin'));
  if (weights.length !== manifest.bytes)
    throw new Error(`weights.bin has ${weights.length} of ${manifest.bytes} bytes`);
  const sha256 = createHash('sha256').update(weights).digest('hex');
  if (sha256 !== manifest.sha256) throw new Error('weights.bin does not match its checksum');
  const { epoch, begun } = manifest;
  const metrics = manifest.metrics as EpochMetrics[] | undefined;
  return { epoch, begun, metrics, tensors: manifest.tensors.map((tensor) => slice(weights, tensor)) };
}

function slice(weights: Buffer, { name, shape, offset }: Manifest['tensors'][number]): NamedTensor {
  const length = shape.reduce((product, side) => product * side, 1);
  if (offset + 4 * length > weights.length) throw new Error(`${name} reaches past the end of weights.bin`);
  const values = new Float32Array(length);
  new Uint8Array(values.buffer).set(weights.subarray(offset, offset + 4 * length));
  return { name, shape, values };
}
