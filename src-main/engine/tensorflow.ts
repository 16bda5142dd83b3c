/** The one place that loads TensorFlow: what it needs is set before its library starts, and only then is it loaded. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import util from 'node:util';
import type * as TensorFlowJs from '@tensorflow/tfjs-node-gpu';
import { ReceptiveError } from '../shared/errors.ts';
import type { Computing } from '../shared/app.ts';

/** A tensor as the binding hands it out; whoever gets one deletes it by its id. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  dtype: number;
}

/** The part of the native binding that the engine calls itself: graph sessions, and tensors without tfjs around them. */
export interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_UINT8: number;
  /** Copies the values, unless they begin at a multiple of 64 bytes in memory: that TensorFlow uses itself. */
  createTensor(shape: number[], dtype: number, values: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  /** A copy of the tensor's values. */
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Names are comma-separated tensors ("node:0"). Returns when every fetched tensor is there. */
  runSavedModel(id: number, inputIds: number[], inputNames: string, outputNames: string): TensorMetadata[];
  getNumOfSavedModels(): number;
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
}

const require = createRequire(import.meta.url);
const packageName = '@tensorflow/tfjs-node-gpu';

/** What setup notes beside the library it installs. */
interface InstalledLibrary {
  version: string;
  variant: 'cpu' | 'gpu';
  /** Why this variant. */
  reason: string;
}

/** How many threads share one operation. Sums are added up in another order by another number, so runs keep it. */
export const threads = Number((process.env.TF_NUM_INTRAOP_THREADS ??= String(availableParallelism())));

export const tf = load();

const backend = tf.backend() as unknown as { binding: Binding };
export const binding = backend.binding;

/** How many operations run side by side, each of them on `threads`; one where nothing else was said. */
const besideEachOther = Number(process.env.TF_NUM_INTEROP_THREADS ?? '1');

/**
 * Into how many parts a batch is cut that is only predicted: more than one where one-thread-a-kernel.ts was imported. There
 * are two for each thread, so that one that is held up leaves its second to another.
 */
export const batchParts = threads === 1 && besideEachOther > 1 && !binding.isUsingGpuDevice() ? 2 * besideEachOther : 1;

function load(): typeof TensorFlowJs {
  // tfjs-node calls these two; Node 23 removed them.
  Object.assign(util, {
    isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
    isArray: Array.isArray,
  });
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'; // 2: errors only
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  if (wantsCpu()) process.env.CUDA_VISIBLE_DEVICES = '-1';
  try {
    return require(packageName) as typeof TensorFlowJs;
  } catch (error) {
    throw new ReceptiveError(
      'internal',
      `TensorFlow could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      'Run "npm run setup" to install it again.',
    );
  }
}

function wantsCpu(): boolean {
  return process.env.RECEPTIVE_DEVICE === 'cpu';
}

/** Which TensorFlow runs, on which device, and why there. */
export function deviceReport(): Computing {
  const used = binding.isUsingGpuDevice();
  const found = used || existsSync('/proc/driver/nvidia/version');
  return {
    tensorflow: binding.TF_Version,
    device: used ? 'gpu' : 'cpu',
    gpu: { found, used, reason: gpuReason(found, used) },
  };
}

function gpuReason(found: boolean, used: boolean): string {
  if (used) return 'TensorFlow found a CUDA device and runs on it.';
  if (!found) return 'No NVIDIA driver is running (there is no /proc/driver/nvidia/version).';
  if (wantsCpu()) return 'RECEPTIVE_DEVICE=cpu keeps it on the processor.';
  if (installedLibrary()?.variant === 'cpu')
    return "TensorFlow's CPU build is installed; setup chooses the CUDA build.";
  return 'An NVIDIA driver is running, but TensorFlow found no CUDA device: driver too old, or CUDA libraries missing.';
}

function installedLibrary(): InstalledLibrary | null {
  const note = join(dirname(require.resolve(`${packageName}/package.json`)), 'deps', 'receptive.json');
  return existsSync(note) ? (JSON.parse(readFileSync(note, 'utf8')) as InstalledLibrary) : null;
}
