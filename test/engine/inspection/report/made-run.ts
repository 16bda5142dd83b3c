/** Runs that nobody trained: any network with weights of a kind, as a folder on disk; and what is read back of a report. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Model } from '../../../../src-main/engine/graph/model.ts';
import { saveCheckpoint } from '../../../../src-main/engine/training/checkpoint.ts';
import { RunFolder } from '../../../../src-main/engine/training/run-folder.ts';
import { parseNetwork } from '../../../../src-main/shared/network/index.ts';
import type { NetworkJson } from '../../../../src-main/shared/network/spec.ts';
import { recipeSchema } from '../../../../src-main/shared/run.ts';

export interface MadeRun {
  classes: string[];
  /** Absolute paths of the fixed batch. */
  batch?: string[];
  /** What becomes of each weight. */
  weights?: (value: number) => number;
}

/** Its weights are those of another seed than the run's own, so that something has changed since the start. */
export async function makeRun(
  path: string,
  json: NetworkJson,
  { classes, batch = [], weights = (value) => value }: MadeRun,
): Promise<RunFolder> {
  const network = parseNetwork(json);
  const [height, width] = network.input.size;
  const run = RunFolder.create(
    path,
    {
      ...{ format: 1, name: 'made', createdAt: '2026-11-23T12:00:00Z', network: json, classes, seed: 1, threads: 1 },
      recipe: recipeSchema.parse({}),
      preprocessing: { height, width, channels: network.input.channels as 1 | 3, fit: 'stretch' },
      ...{ device: 'cpu', versions: {}, dataHash: '', params: 0, trainingImages: 0, validationImages: 0 },
      source: { folder: path, inspectionBatch: batch },
    },
    { training: [], validation: [] },
  );
  const model = Model.create(network, classes.length, { seed: 2 });
  const tensors = model.readWeights().map((tensor) => ({ ...tensor, values: tensor.values.map(weights) }));
  model.dispose();
  await saveCheckpoint(join(path, 'checkpoints'), { epoch: 1, begun: null, tensors });
  return run;
}

/** An .npy file of float32, by the format's own description. */
export function readNpy(file: string): { shape: number[]; values: Float32Array } {
  const bytes = readFileSync(file);
  const length = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + length);
  if (!header.includes("'<f4'")) throw new Error(`${file}: ${header}`);
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)![1]!
    .split(',')
    .filter((side) => side.trim())
    .map(Number);
  const data = bytes.subarray(10 + length);
  return { shape, values: Float32Array.from({ length: data.length / 4 }, (_, at) => data.readFloatLE(4 * at)) };
}

/** Records by their columns' heads; no value of a report's tables holds a comma but paths. */
export function readCsv(file: string): Record<string, string>[] {
  const [head, ...rows] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(head!.map((name, at) => [name, row[at]!])));
}

/** Every file below a folder, with "/" between the parts of its path. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
