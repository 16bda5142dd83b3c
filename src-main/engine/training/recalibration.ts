/**
 * Running statistics that were measured over the training images after training. They stand in a file of their own beside
 * the weights they belong to: inference uses them in the place of the weights' own, which stay as they are; training goes
 * on with those, and so does inference once the file is gone.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ReceptiveError } from '../../shared/errors.ts';
import type { Recalibration } from '../../shared/inspection.ts';
import { syncFolder, writeFileAtomically } from '../files.ts';
import type { NamedTensor } from './trainer.ts';

const fileName = 'recalibrated.json';

const scores = z.strictObject({ loss: z.number(), accuracy: z.number().min(0).max(1) });
const schema = z.strictObject({
  format: z.literal(1),
  images: z.number().int().min(1),
  batchStatistics: scores,
  before: scores,
  after: scores,
  /** By variable: one number a channel. */
  statistics: z.record(z.string(), z.array(z.number())),
});

export interface StoredRecalibration {
  report: Recalibration;
  /** `<layer>/movingMean` and `<layer>/movingVariance` of every batch norm layer. */
  statistics: NamedTensor[];
}

/** What is kept in a checkpoint's folder; null without one. @throws ReceptiveError `invalid-model` when it is damaged. */
export function readRecalibration(checkpoint: string): StoredRecalibration | null {
  const file = join(checkpoint, fileName);
  if (!existsSync(file)) return null;
  let content: z.output<typeof schema>;
  try {
    content = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    const hint = 'Take the recalibration back: receptive recalibrate RUN --undo.';
    throw new ReceptiveError('invalid-model', `${file} is damaged.`, hint);
  }
  const { statistics, images, batchStatistics, before, after } = content;
  const tensors = Object.entries(statistics).map(([name, values]) => {
    return { name, shape: [values.length], values: Float32Array.from(values) };
  });
  return { report: { images, batchStatistics, before, after }, statistics: tensors };
}

export function writeRecalibration(checkpoint: string, { report, statistics }: StoredRecalibration): void {
  const byName = Object.fromEntries(statistics.map(({ name, values }) => [name, [...values]]));
  const content: z.input<typeof schema> = { format: 1, ...report, statistics: byName };
  writeFileAtomically(join(checkpoint, fileName), JSON.stringify(content));
}

/** The weights' own statistics hold again. False when there was nothing to take back. */
export function removeRecalibration(checkpoint: string): boolean {
  const file = join(checkpoint, fileName);
  if (!existsSync(file)) return false;
  rmSync(file);
  syncFolder(checkpoint);
  return true;
}

/** `tensors` with those of the recalibration in the place of their own. */
export function recalibrated(tensors: readonly NamedTensor[], stored: StoredRecalibration | null): NamedTensor[] {
  const newer = new Map(stored?.statistics.map((tensor) => [tensor.name, tensor]));
  return tensors.map((tensor) => newer.get(tensor.name) ?? tensor);
}
