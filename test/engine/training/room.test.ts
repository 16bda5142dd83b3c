/** Batches that the device has no room for. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { Room } from '../../../src-main/engine/training/room.ts';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import type { ErrorReport } from '../../../src-main/shared/errors.ts';
import type { EpochMetrics } from '../../../src-main/shared/run.ts';
import { makeImages } from './small-run.ts';

interface Told {
  end: unknown;
  epochs: EpochMetrics[];
  warnings: ErrorReport[];
}

const images = (count: number) => ({
  pixels: Uint8Array.from({ length: 3 * count }, (_, at) => at),
  labels: Int32Array.from({ length: count }, (_, at) => at),
});

test('what does not fit is done in halves, each image once and in its order, and so is what follows', () => {
  const told: number[] = [];
  const done: [pixels: number[], labels: number[]][] = [];
  const room = new Room((images) => told.push(images));
  const work = (pixels: Uint8Array, labels: Int32Array): void => {
    if (labels.length > 3) throw new ReceptiveError('out-of-memory', 'No room.');
    done.push([[...pixels], [...labels]]);
  };
  room.inParts(images(11), work);
  expect(told).toEqual([6, 3]);
  expect(done.map(([, labels]) => labels)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
    [9, 10],
  ]);
  expect(done.flatMap(([pixels]) => pixels)).toEqual([...images(11).pixels]);
  done.length = 0;
  room.inParts(images(4), work);
  expect(done.map(([, labels]) => labels)).toEqual([[0, 1, 2], [3]]);
  expect(told).toHaveLength(2);
});

test('one image that does not fit, and whatever else goes wrong, is an error', () => {
  const failing = (code: 'out-of-memory' | 'diverged') => () => {
    throw new ReceptiveError(code, 'No.');
  };
  const told: number[] = [];
  const room = new Room((images) => told.push(images));
  expect(() => room.inParts(images(4), failing('diverged'))).toThrow('No.');
  expect(told).toEqual([]);
  expect(() => room.inParts(images(4), failing('out-of-memory'))).toThrow('No.');
  expect(told).toEqual([2, 1]);
});

test('where TensorFlow itself runs out of memory, a run says so and goes on with smaller steps', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-room-'));
  try {
    const pictures = join(folder, 'images');
    mkdirSync(pictures);
    makeImages(pictures);
    const script = join(import.meta.dirname, 'train-in-little-memory.ts');
    // The allocator that GPUs have, limited; oneDNN, which no GPU uses, would die instead of failing. A batch of 96 needs
    // 10 MB for each of its feature maps. For each allocation that fails TensorFlow waits ten seconds first.
    const limit = { TF_CPU_ALLOCATOR_USE_BFC: 'true', TF_CPU_BFC_MEM_LIMIT_IN_MB: '36' };
    const env = { ...process.env, ...limit, TF_ENABLE_ONEDNN_OPTS: '0' };
    const { stdout } = await promisify(execFile)(process.execPath, [script, join(folder, 'run'), pictures, '96'], {
      env,
    });
    const { end, epochs, warnings } = JSON.parse(stdout) as Told;
    expect(end).toBe('completed');
    expect(epochs).toHaveLength(2);
    expect(epochs[1]!.loss).toBeLessThan(epochs[0]!.loss);
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.every(({ code }) => code === 'out-of-memory')).toBe(true);
    expect(warnings[0]!.message).toBe(
      'There is no room for 96 images at a time, so each step goes on with 48 at most.',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
