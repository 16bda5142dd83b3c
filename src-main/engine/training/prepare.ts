/** From labelled files to tensors: the split, the decoded images, and what run.json says about them. */
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import { createRandom } from '../../shared/random.ts';
import type { Preprocessing, RunInfo } from '../../shared/run.ts';
import type { Normalisation, Scaling } from '../../shared/preprocessing.ts';
import { cacheDataset, loadDataset } from '../images/dataset.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { ChannelStatistics, symmetric } from '../images/normalisation.ts';
import { CachedImages } from '../images/read-ahead.ts';
import type { ImageSource } from './batches.ts';
import { stamped } from './source-files.ts';
import type { StampedFile } from './source-files.ts';

/** One image file with its class, as an index into the run's classes. */
export interface LabelledFile {
  path: string;
  label: number;
}

export interface LabelledSplit {
  classes: string[];
  training: LabelledFile[];
  validation: LabelledFile[];
}

export interface TrainingData {
  training: ImageSource;
  /** null when nothing was held out. */
  validation: ImageSource | null;
  /** Images that could not be decoded, and why; they are in neither split. */
  rejected: { path: string; reason: string }[];
  /** The files of the pixels, in the same order, as they were when they were read. */
  files: { training: StampedFile[]; validation: StampedFile[] };
  /** What the network is to see of pixels from 0 to 1; undefined where they stay as they are. */
  normalisation: Normalisation | undefined;
  /** What run.json keeps of the data. */
  record: Pick<RunInfo, 'dataHash' | 'trainingImages' | 'validationImages' | 'source'>;
}

export interface LoadingOptions {
  decoder: DecoderClient;
  preprocessing: Preprocessing;
  /** 'standard' is measured over the training images. */
  scaling: Scaling;
  seed: number;
  /** The folder that paths in run.json are relative to. */
  folder: string;
  cacheFolder?: string;
  /** Where decoded images go that take more than `memoryBytes`; the cache without it. */
  overflowFolder?: string;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
  /** Decoded images that take more bytes than this stay on disk, where there is a cache. */
  memoryBytes?: number;
}

const standardMemoryBytes = 512 * 2 ** 20;

/** How many images the batch-norm view's fixed training batch holds. */
const inspectionBatchSize = 64;

/** Decodes both splits. @throws ReceptiveError `too-few-classes` or `no-images` when nothing can be learnt from them. */
export async function loadTrainingData(split: LabelledSplit, options: LoadingOptions): Promise<TrainingData> {
  requireClasses(split);
  const { preprocessing, scaling } = options;
  const statistics = scaling === 'standard' ? new ChannelStatistics(preprocessing.channels) : null;
  const total = split.training.length + split.validation.length;
  const read = readerFor(total, options);
  const training = await read(split.training, 0, (pixels) => statistics?.add(pixels));
  const validation = await read(split.validation, split.training.length);
  requireImages(split.classes, training.images.labels);
  const files = { training: stamped(training.files), validation: stamped(validation.files) };
  return {
    training: training.images,
    validation: validation.files.length > 0 ? validation.images : null,
    rejected: [...training.rejected, ...validation.rejected],
    files,
    normalisation:
      statistics?.normalisation() ?? (scaling === 'symmetric' ? symmetric(preprocessing.channels) : undefined),
    record: {
      dataHash: hashOf(files.training, options.folder),
      trainingImages: training.files.length,
      validationImages: validation.files.length,
      source: { folder: options.folder, inspectionBatch: inspectionBatch(training.files, options) },
    },
  };
}

interface ReadImages {
  images: ImageSource;
  files: LabelledFile[];
  rejected: TrainingData['rejected'];
}

type Read = (files: LabelledFile[], before: number, onPixels?: (pixels: Uint8Array) => void) => Promise<ReadImages>;

/** Into memory, or where `total` images would take too much of it, into the cache, from which training reads them. */
function readerFor(total: number, options: LoadingOptions): Read {
  const { decoder, preprocessing, cacheFolder, signal, memoryBytes = standardMemoryBytes } = options;
  const { overflowFolder = cacheFolder } = options;
  const { height, width, channels } = preprocessing;
  const large = total * height * width * channels > memoryBytes;
  return async (files, before, onPixels) => {
    const onProgress = (done: number) => options.onProgress?.(before + done, total);
    const reading = { decoder, signal, onProgress };
    const cached =
      large && overflowFolder !== undefined
        ? await cacheDataset(files, preprocessing, { ...reading, cacheFolder: overflowFolder }, onPixels)
        : null;
    if (cached) {
      const { files: used, keys, rejected } = cached;
      const source = { files: used, keys, cacheFolder: overflowFolder!, shape: preprocessing, decoder };
      return { files: used, rejected, images: new CachedImages(source) };
    }
    const { pixels, labels, ...read } = await loadDataset(files, preprocessing, { ...reading, cacheFolder });
    onPixels?.(pixels);
    return { ...read, images: { pixels, labels } };
  };
}

function requireClasses({ classes, training }: LabelledSplit): void {
  if (training.length === 0) {
    throw new ReceptiveError(
      'no-images',
      'There is no labelled image to train on.',
      'Bring in class folders, or label some images.',
    );
  }
  if (classes.length < 2) {
    throw new ReceptiveError(
      'too-few-classes',
      `Training needs at least 2 classes with images; there is ${classes.length}: ${classes.join(', ')}.`,
      'Add a folder of images for another class.',
    );
  }
}

function requireImages(classes: string[], labels: Int32Array): void {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of labels) counts[label]!++;
  const empty = classes.filter((_, index) => counts[index] === 0);
  if (empty.length === 0) return;
  throw new ReceptiveError(
    'no-images',
    `No training image could be read for ${empty.map((name) => `"${name}"`).join(', ')}.`,
    'Mend or add images of that class, or leave the class out.',
  );
}

/** Changes when an image of the training split is added, removed, relabelled or rewritten. */
function hashOf(files: StampedFile[], folder: string): string {
  const hash = createHash('sha256');
  for (const { path, label, size, mtimeMs } of files)
    hash.update(`${relative(folder, path)}\0${label}\0${size}\0${mtimeMs}\n`);
  return hash.digest('hex');
}

function inspectionBatch(files: LabelledFile[], { seed, folder }: LoadingOptions): string[] {
  const paths = files.map(({ path }) => relative(folder, path));
  createRandom(seed, 'inspection batch').shuffle(paths);
  return paths.slice(0, inspectionBatchSize);
}
