import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { weightsVersion } from '../../../src-main/engine/training/weights-version.ts';
import { temporaryFolder } from '../../decoder/support.ts';

test('is another after each checkpoint, and after what is written into one or taken out', () => {
  const run = temporaryFolder();
  const first = join(run, 'checkpoints', '000001');
  const changes = [
    () => undefined,
    () => mkdirSync(first, { recursive: true }),
    () => writeFileSync(join(first, 'recalibration.json'), ''),
    () => mkdirSync(join(run, 'checkpoints', '000002')),
    () => rmSync(join(first, 'recalibration.json')),
    () => rmSync(first, { recursive: true }),
  ];
  const versions = changes.map((change) => {
    change();
    // The clock of a file system ticks every few milliseconds.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    return weightsVersion(run);
  });
  expect(new Set(versions).size).toBe(changes.length);
  expect(weightsVersion(run)).toBe(versions.at(-1));
});
