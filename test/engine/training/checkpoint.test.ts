import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadNewestCheckpoint, removeAfter, saveCheckpoint } from '../../../src-main/engine/training/checkpoint.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'receptive-checkpoint-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tensors = (fill: number) => [
  { name: 'conv1/kernel', shape: [3, 3, 1, 2], values: new Float32Array(18).fill(fill) },
  { name: 'conv1/bias', shape: [2], values: Float32Array.of(fill, -fill) },
  { name: 'adam/step', shape: [], values: Float32Array.of(fill) },
];

const save = (epoch: number, steps?: number) => {
  const begun = steps === undefined ? null : { steps, seconds: 0.5, sums: [Math.fround(0.1), 3, 64] };
  return saveCheckpoint(folder, { epoch, begun, tensors: tensors(epoch) });
};

describe('checkpoints', () => {
  it('come back as they were saved, the newest first, two kept', async () => {
    for (const epoch of [1, 2, 3, 10]) await save(epoch);
    expect(loadNewestCheckpoint(folder)).toEqual({ epoch: 10, begun: null, tensors: tensors(10) });
    expect(readdirSync(folder).sort()).toEqual(['000003', '000010']);
  });

  it('within an epoch lie between those of its two ends, and keep its sums to the last digit', async () => {
    for (const [epoch, steps] of [[1], [1, 9], [1, 100]] as const) await save(epoch, steps);
    expect(readdirSync(folder).sort()).toEqual(['000001-000009', '000001-000100']);
    const { epoch, begun } = loadNewestCheckpoint(folder);
    expect([epoch, begun]).toEqual([1, { steps: 100, seconds: 0.5, sums: [Math.fround(0.1), 3, 64] }]);
    await save(2);
    expect(loadNewestCheckpoint(folder)).toMatchObject({ epoch: 2, begun: null });
  });

  it('after the one that is gone back to are dropped, with what a crash left', async () => {
    await save(1);
    await save(1, 5);
    truncateSync(join(folder, '000001-000005', 'manifest.json'), 10);
    mkdirSync(join(folder, '000002.tmp'));
    removeAfter(folder, loadNewestCheckpoint(folder));
    expect(readdirSync(folder)).toEqual(['000001']);
  });

  it.each([
    ['truncated weights', (last: string) => truncateSync(join(last, 'weights.bin'), 40)],
    ['a flipped bit', (last: string) => flip(join(last, 'weights.bin'), 17)],
    ['half a manifest', (last: string) => truncateSync(join(last, 'manifest.json'), 60)],
    ['no weights', (last: string) => rmSync(join(last, 'weights.bin'))],
  ])('fall back to the one before after %s', async (_, damage) => {
    await save(1);
    await save(2);
    damage(join(folder, '000002'));
    expect(loadNewestCheckpoint(folder)).toEqual({ epoch: 1, begun: null, tensors: tensors(1) });
  });

  it('say what is wrong with each when none is whole', async () => {
    await save(1);
    truncateSync(join(folder, '000001', 'weights.bin'), 10);
    expect(() => loadNewestCheckpoint(folder)).toThrow(/000001: weights.bin has 10 of 84 bytes/);
    expect(() => loadNewestCheckpoint(join(folder, 'nowhere'))).toThrow(/there is no checkpoint/);
  });

  it('leave what was saved before when a save fails', async () => {
    await save(1);
    const broken = [{ name: 'x', shape: [1], values: null as unknown as Float32Array }];
    await expect(saveCheckpoint(folder, { epoch: 2, begun: null, tensors: broken })).rejects.toThrow();
    expect(loadNewestCheckpoint(folder).epoch).toBe(1);
    expect(readdirSync(folder)).toEqual(['000001']);
  });

  it('survive kill -9 at any moment, losing at most the one being saved', async () => {
    const rounds = process.env.RECEPTIVE_SOAK ? 100 : 6;
    const random = createRandom(7);
    for (let round = 0; round < rounds; round++) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'save-forever.ts'), folder]);
      let said = '';
      child.stdout.on('data', (chunk) => (said += chunk));
      await once(child.stdout, 'data');
      setTimeout(() => child.kill('SIGKILL'), random.int(60));
      await once(child, 'close');
      const acknowledged = Number(said.trim().split('\n').at(-1));
      const { epoch, tensors: loaded } = loadNewestCheckpoint(folder);
      expect(epoch).toBeGreaterThanOrEqual(acknowledged);
      expect(epoch).toBeLessThanOrEqual(acknowledged + 1);
      expect(new Set(loaded[0]!.values)).toEqual(new Set([epoch]));
      rmSync(folder, { recursive: true });
    }
  }, 3_600_000);
});

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 4;
  writeFileSync(file, bytes);
}
