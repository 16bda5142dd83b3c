import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import { binding } from '../tensorflow.ts';
import { encodeSavedModel, servingTag } from './proto.ts';
import type { NodeDef } from './proto.ts';

/** The array's type is the tensor's: Float32Array float32, Int32Array int32, Uint8Array uint8. */
export interface Feed {
  shape: number[];
  values: Float32Array | Int32Array | Uint8Array;
}

export interface Fetched {
  shape: number[];
  values: Float32Array | Int32Array | Uint8Array;
}

/** One TensorFlow session over one graph; the graph's variables live in it until `dispose`. */
export class Session {
  readonly #id: number;
  #open = true;

  constructor(nodes: NodeDef[]) {
    const folder = mkdtempSync(join(tmpdir(), 'receptive-graph-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes));
      this.#id = binding.loadSavedModel(folder, servingTag);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Runs what the fetched nodes depend on and returns their first outputs, copied out of TensorFlow, in order. */
  run(feeds: Record<string, Feed>, fetches: string[]): Fetched[] {
    return this.#run(feeds, fetches, (id) => binding.tensorDataSync(id));
  }

  /** Runs what the fetched nodes depend on for its effect on the variables; nothing is copied back. */
  execute(feeds: Record<string, Feed>, fetches: string[]): void {
    this.#run(feeds, fetches, () => new Uint8Array());
  }

  #run(feeds: Record<string, Feed>, fetches: string[], read: (id: number) => Fetched['values']): Fetched[] {
    if (!this.#open) throw new ReceptiveError('internal', 'The model was used after it was disposed of.');
    const ids: number[] = [];
    try {
      for (const { shape, values } of Object.values(feeds))
        ids.push(binding.createTensor(shape, typeOf(values), unaligned(values)));
      const outputs = binding.runSavedModel(this.#id, ids, tensors(Object.keys(feeds)), tensors(fetches));
      try {
        return outputs.map(({ id, shape }) => ({ shape, values: read(id) }));
      } finally {
        for (const { id } of outputs) binding.deleteTensor(id);
      }
    } catch (error) {
      throw translate(error);
    } finally {
      for (const id of ids) binding.deleteTensor(id);
    }
  }

  dispose(): void {
    if (!this.#open) return;
    this.#open = false;
    binding.deleteSavedModel(this.#id);
  }
}

/** What is copied passes through here, one after the other; the system gives only the pages that are used. */
const passing = new ArrayBuffer(32 * 2 ** 20);

/** Every ArrayBuffer begins at a multiple of 8 bytes or more: this is no multiple of 64 in any. */
const odd = 4;

/**
 * Where in `passing` values begin. Where its own beginning is no multiple of 64 bytes, that is it: processors copy from and
 * to such places five times as fast as to odd ones.
 */
const start = isUsedInPlace(passing) ? odd : 0;

function isUsedInPlace(buffer: ArrayBuffer): boolean {
  const values = new Int32Array(buffer, 0, 1);
  const id = binding.createTensor([1], binding.TF_INT32, values);
  values[0] = 1;
  const [seen] = binding.tensorDataSync(id);
  binding.deleteTensor(id);
  return seen === 1;
}

/**
 * The same values where TensorFlow cannot use them in place, so that it copies them. It shares memory that begins at a
 * multiple of 64 bytes, as that of some arrays does, and a variable goes on sharing it after the run; a thread of
 * TensorFlow's then gives it back to V8, which only this thread may do, and the process dies of it.
 */
function unaligned(values: Feed['values']): Feed['values'] {
  if (values.byteOffset % 8 !== 0) return values;
  const fits = values.byteLength <= passing.byteLength - odd;
  const buffer = fits ? passing : new ArrayBuffer(values.byteLength + odd);
  const copy = new (arrayOf(values))(buffer, fits ? start : odd, values.length);
  copy.set(values);
  return copy;
}

/** Of a Buffer too, whose own constructor Node would warn of. */
function arrayOf(values: Feed['values']): typeof Float32Array | typeof Int32Array | typeof Uint8Array {
  if (values instanceof Float32Array) return Float32Array;
  return values instanceof Int32Array ? Int32Array : Uint8Array;
}

/** The index is written out because the binding takes a missing one from the name's leading digits. */
function tensors(names: string[]): string {
  return names.map((name) => `${name}:0`).join(',');
}

function typeOf(values: Feed['values']): number {
  if (values instanceof Float32Array) return binding.TF_FLOAT;
  return values instanceof Int32Array ? binding.TF_INT32 : binding.TF_UINT8;
}

function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !/OOM when allocating|out of memory|bad_alloc/i.test(error.message)) return error;
  return new ReceptiveError(
    'out-of-memory',
    `TensorFlow ran out of memory: ${error.message.split('\n')[0]}`,
    'Use a smaller batch, smaller images or fewer filters.',
  );
}
