/**
 * Checkpoints: `checkpoints/<epoch>/` holds weights.bin (float32, little endian, tensor after tensor) and manifest.json
 * with its sha256. A checkpoint is written under a temporary name and renamed, so a folder with a number is whole.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { syncFolder, writeFileAtomically } from '../files.ts';
import type { NamedTensor } from './trainer.ts';

const kept = 2;

const manifestSchema = z.strictObject({
  format: z.literal(1),
  epoch: z.number().int().min(0),
  bytes: z.number().int().min(0),
  sha256: z.string(),
  tensors: z.array(
    z.strictObject({ name: z.string(), shape: z.array(z.number().int().min(0)), offset: z.number().int().min(0) }),
  ),
});
type Manifest = z.output<typeof manifestSchema>;

export interface Checkpoint {
  epoch: number;
  tensors: NamedTensor[];
}

/**
 * Saves and then drops all but the newest two. Where the disk is full, those before the newest make room first. On
 * failure the newest of those saved before is untouched.
 */
export function saveCheckpoint(folder: string, checkpoint: Checkpoint): void {
  mkdirSync(folder, { recursive: true });
  try {
    writeCheckpoint(folder, checkpoint);
  } catch (error) {
    const older = checkpointNames(folder).slice(1);
    if (reportError(error).code !== 'disk-full' || older.length === 0) throw error;
    for (const name of older) rmSync(join(folder, name), { recursive: true, force: true });
    writeCheckpoint(folder, checkpoint);
  }
  for (const old of checkpointNames(folder).slice(kept)) rmSync(join(folder, old), { recursive: true, force: true });
}

function writeCheckpoint(folder: string, { epoch, tensors }: Checkpoint): void {
  const final = join(folder, String(epoch).padStart(6, '0'));
  const temporary = `${final}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  try {
    mkdirSync(temporary);
    const weights = concatenate(tensors);
    writeFileAtomically(join(temporary, 'weights.bin'), weights);
    writeFileAtomically(join(temporary, 'manifest.json'), JSON.stringify(describe(epoch, tensors, weights), null, 1));
    rmSync(final, { recursive: true, force: true });
    renameSync(temporary, final);
    syncFolder(folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/**
 * The newest checkpoint that is whole; a damaged one is passed over for the one before.
 * @throws ReceptiveError `invalid-model`, naming what is wrong with each, when none can be used.
 */
export function loadNewestCheckpoint(folder: string): Checkpoint {
  const faults: string[] = [];
  for (const name of statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? checkpointNames(folder) : []) {
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

/** Newest first. */
function checkpointNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^\d{6,}$/.test(name))
    .sort((a, b) => Number(b) - Number(a));
}

function readCheckpoint(folder: string): Checkpoint {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  const weights = readFileSync(join(folder, 'weights.bin'));
  if (weights.length !== manifest.bytes)
    throw new Error(`weights.bin has ${weights.length} of ${manifest.bytes} bytes`);
  if (sha256(weights) !== manifest.sha256) throw new Error('weights.bin does not match its checksum');
  return { epoch: manifest.epoch, tensors: manifest.tensors.map((tensor) => slice(weights, tensor)) };
}

function slice(weights: Buffer, { name, shape, offset }: Manifest['tensors'][number]): NamedTensor {
  const length = shape.reduce((product, side) => product * side, 1);
  if (offset + 4 * length > weights.length) throw new Error(`${name} reaches past the end of weights.bin`);
  const values = new Float32Array(length);
  new Uint8Array(values.buffer).set(weights.subarray(offset, offset + 4 * length));
  return { name, shape, values };
}

function concatenate(tensors: NamedTensor[]): Uint8Array {
  const bytes = tensors.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return Buffer.concat(bytes);
}

function describe(epoch: number, tensors: NamedTensor[], weights: Uint8Array): Manifest {
  let offset = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const entry = { name, shape, offset };
    offset += values.byteLength;
    return entry;
  });
  return { format: 1, epoch, bytes: weights.length, sha256: sha256(weights), tensors: entries };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
