/** Reads what a run folder says of itself. Knows no TensorFlow, so that listing runs does not wait for it to load. */
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { checkNetwork, parseNetwork } from '../../shared/network/index.ts';
import { fits } from '../../shared/preprocessing.ts';
import { recipeSchema } from '../../shared/run.ts';
import type { EpochMetrics, RunInfo } from '../../shared/run.ts';
import { writeFileAtomically } from '../files.ts';

export const infoName = 'run.json';
export const metricsName = 'metrics.jsonl';
export const checkpointsName = 'checkpoints';
/** The files of each side of the split, so that training can go on with the same ones in the same order. */
export const imagesName = 'images.json';
/** What somebody wrote down about the run. */
const noteName = 'note.txt';
export const restore = 'Restore the run from a backup, or train again.';

const side = z.number().int().min(1).max(4096);

const perChannel = (number: z.ZodNumber) => z.array(number).min(1).max(3);
const preprocessingSchema = z
  .strictObject({
    height: side,
    width: side,
    channels: z.union([z.literal(1), z.literal(3)]),
    fit: z.enum(fits),
    normalisation: z
      .strictObject({ mean: perChannel(z.number()), deviation: perChannel(z.number().positive()) })
      .optional(),
  })
  .refine(
    ({ channels, normalisation }) =>
      !normalisation || (normalisation.mean.length === channels && normalisation.deviation.length === channels),
    'the normalisation needs one mean and one deviation for each channel',
  );

/** run.json may come from elsewhere, so every field that is used is checked. */
const runSchema = z.object({
  format: z.literal(1),
  name: z.string(),
  createdAt: z.string(),
  network: z.unknown(),
  recipe: recipeSchema,
  classes: z.array(z.string().min(1)).min(2),
  preprocessing: preprocessingSchema,
  seed: z.number().int(),
  threads: z.number().int(),
  device: z.enum(['cpu', 'gpu']),
  versions: z.record(z.string(), z.string()),
  dataHash: z.string(),
  params: z.number().int(),
  trainingImages: z.number().int(),
  validationImages: z.number().int(),
  source: z.strictObject({ folder: z.string(), inspectionBatch: z.array(z.string()) }),
});

/** Paths relative to the images' folder, with class index, bytes and time of change. */
const imageSchema = z.tuple([z.string().min(1), z.number().int().min(0), z.number(), z.number()]);
const imagesSchema = z.strictObject({ training: z.array(imageSchema), validation: z.array(imageSchema) });
export type RunImages = z.output<typeof imagesSchema>;

/** A validation loss that is no number any more is written as null. */
export const metricsSchema = z.object({ epoch: z.number().int(), loss: z.number(), accuracy: z.number() }).loose();

/** @throws ReceptiveError `exists` when `path` is taken, `unreadable` when nothing can be made there. */
export function requireNewRun(path: string): void {
  if (existsSync(path))
    throw new ReceptiveError('exists', `${path} already exists; a run needs a new folder.`, 'Choose another name.');
  let parent = dirname(path);
  while (!existsSync(parent)) parent = dirname(parent);
  try {
    if (!statSync(parent).isDirectory())
      throw new ReceptiveError('exists', `${parent} is a file, so there can be no ${path}.`);
    accessSync(parent, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code, message } = reportError(error);
    throw new ReceptiveError(code, `No run can be made there: ${message}`, 'Choose another place for it.');
  }
}

/**
 * Whether there is a run at `path` to go on with. What a process left that was killed while it made the folder is
 * removed: nothing was trained by then.
 */
export function isRunBegun(path: string): boolean {
  if (existsSync(join(path, infoName))) return true;
  const isHalfMade = (name: string) => name === imagesName || name.endsWith('.tmp');
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() && readdirSync(path).every(isHalfMade))
    rmSync(path, { recursive: true });
  return false;
}

/** @throws ReceptiveError `not-found` when there is no run at `path`. */
export function requireRun(path: string): void {
  const file = join(path, infoName);
  // Neither a folder nor a pipe, whose other end nobody may open.
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new ReceptiveError(
      'not-found',
      `${path} is not a run: it has no run.json.`,
      'Give the folder that --out made.',
    );
  }
}

/** @throws ReceptiveError `invalid-model` when run.json is damaged, or Node's error when it cannot be read. */
export function readRunInfo(folder: string): RunInfo {
  const file = join(folder, infoName);
  const parsed = runSchema.safeParse(parse(readFileSync(file, 'utf8'), file));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const where = path.length > 0 ? `${path.join('.')}: ` : '';
    throw damaged(file, `${where}${message}.`);
  }
  const info = parsed.data as RunInfo;
  let taken: string;
  try {
    const network = parseNetwork(info.network);
    checkNetwork(network, info.classes.length);
    taken = [...network.input.size, network.input.channels].join(' x ');
  } catch (error) {
    throw damaged(file, reportError(error).message);
  }
  const { height, width, channels } = info.preprocessing;
  const given = [height, width, channels].join(' x ');
  if (given !== taken) throw damaged(file, `its preprocessing gives ${given} values, its network takes ${taken}.`);
  return info;
}

/**
 * One line an epoch, in order. A last line that a crash cut off is left out.
 * @throws ReceptiveError `invalid-model` when another line is damaged.
 */
export function readMetrics(folder: string): EpochMetrics[] {
  const file = join(folder, metricsName);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line, at) => {
    const metrics = parse(line, file);
    if (metricsSchema.safeParse(metrics).success) return metrics as EpochMetrics;
    throw damaged(file, `line ${at + 1} is not an epoch's metrics.`);
  });
}

/** @throws ReceptiveError `invalid-model` when images.json is missing or damaged. */
export function readRunImages(folder: string): RunImages {
  const file = join(folder, imagesName);
  if (!existsSync(file)) throw damaged(folder, `it has no ${imagesName}, so which images it learnt from is not known.`);
  const parsed = imagesSchema.safeParse(parse(readFileSync(file, 'utf8'), file));
  if (parsed.success) return parsed.data;
  throw damaged(file, `${parsed.error.issues[0]!.message}.`);
}

export function readNote(folder: string): string {
  const file = join(folder, noteName);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

export function writeNote(folder: string, note: string): void {
  const file = join(folder, noteName);
  if (note === '') rmSync(file, { force: true });
  else writeFileAtomically(file, note);
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ReceptiveError('invalid-model', `${file} is not whole JSON: ${(error as Error).message}.`, restore);
  }
}

const damaged = (file: string, why: string): ReceptiveError =>
  new ReceptiveError('invalid-model', `${file} is damaged: ${why}`, restore);
