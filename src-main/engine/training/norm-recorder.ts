/** Reads now and then while a run trains what batch norm does to a fixed batch, and keeps it in the run's folder. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { reportError } from '../../shared/errors.ts';
import { normFigures } from '../../shared/inspection.ts';
import type { LiveLook, NormFigure } from '../../shared/inspection.ts';
import { appendAndSync, writeFileAtomically } from '../files.ts';
import type { Model } from '../graph/model.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { loadInspectionBatch } from '../inspection/inspection-batch.ts';
import type { Position } from './checkpoint.ts';
import { historyName, normLayers, readRows, rowLength } from './norm-history.ts';
import type { NormLayer } from './norm-history.ts';
import type { RunFolder } from './run-folder.ts';

const mostRows = 128;
const mostBytes = 8 * 2 ** 20;
/** A look costs a third of a step on as many images: 1 % when there are this many steps from one to the next. */
const stepsForEach = 32;

/**
 * A recorder for the run, which has looked at what it begins with; null for a network without batch norm and where the
 * images of the fixed batch are gone. What was recorded after the place where the run goes on is dropped.
 */
export async function recordNorms(
  run: RunFolder,
  model: Model,
  trainingImages: number,
  from: Position | null,
  { folder, decoder }: { folder: string; decoder: DecoderClient },
): Promise<NormRecorder | null> {
  const { preprocessing, recipe, source } = run.info;
  const layers = normLayers(model.network, model.classes);
  if (layers.length === 0) return null;
  const batch = await loadInspectionBatch({ preprocessing, source: { ...source, folder } }, decoder);
  if (!batch) return null;
  // No more at a time than a step takes, which may be all that there is room for.
  const images = Math.min(batch.paths.length, recipe.batchSize);
  const pixels = batch.pixels.subarray(0, (batch.pixels.length / batch.paths.length) * images);
  const stepsAnEpoch = Math.ceil(trainingImages / recipe.batchSize);
  const recorder = new NormRecorder(run.path, layers, model, pixels, {
    interval: intervalFor(recipe.epochs * stepsAnEpoch, images / recipe.batchSize, rowLength(layers)),
    steps: recipe.epochs * stepsAnEpoch,
    done: from ? from.epoch * stepsAnEpoch + (from.begun?.steps ?? 0) : 0,
  });
  if (!from) recorder.after(0);
  return recorder;
}

/** Steps from one look to the next; `share` is that of a step's images which are looked at. */
function intervalFor(steps: number, share: number, numbers: number): number {
  return Math.ceil(Math.max(stepsForEach * share, steps / mostRows, (steps * 4 * numbers) / mostBytes));
}

export class NormRecorder {
  readonly #file: string;
  readonly #layers: readonly NormLayer[];
  readonly #model: Model;
  readonly #pixels: Uint8Array;
  readonly #interval: number;
  readonly #last: number;
  #unwritten: Uint8Array[] = [];
  #latest: Float32Array | null = null;

  /** `pixels`: the fixed batch, uint8 [images, height, width, channels]; `steps` in all, of which `done` are done. */
  constructor(
    folder: string,
    layers: readonly NormLayer[],
    model: Model,
    pixels: Uint8Array,
    { interval, steps, done }: { interval: number; steps: number; done: number },
  ) {
    this.#file = join(folder, historyName);
    this.#layers = layers;
    this.#model = model;
    this.#pixels = pixels;
    this.#interval = interval;
    this.#last = steps;
    const kept = Buffer.concat(readRows(folder, layers).flatMap((row) => (row[0]! <= done ? [bytesOf(row)] : [])));
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (kept.length < size) writeFileAtomically(this.#file, kept);
  }

  /** At the beginning the first steps, where most happens: each after twice as many as the one before. */
  #isDue(step: number): boolean {
    return step % this.#interval === 0 || step === this.#last || (step < this.#interval && (step & (step - 1)) === 0);
  }

  /** To be called after each step, and before the first with 0. */
  after(step: number): void {
    if (!this.#isDue(step)) return;
    const names = this.#layers.flatMap(({ name }) => normFigures.map((figure) => `${name}/${figure}`));
    const fetched = this.#look(names);
    if (!fetched) return;
    const row = new Float32Array(rowLength(this.#layers));
    row[0] = step;
    let at = 1;
    for (const name of names) {
      const { values } = fetched[name]!;
      row.set(values, at);
      at += values.length;
    }
    this.#latest = row;
    this.#unwritten.push(bytesOf(row));
  }

  /** null where there is no room for it: the training, for which there is, does not depend on it. */
  #look(names: string[]) {
    try {
      return this.#model.fetch(this.#pixels, names, { training: true });
    } catch (error) {
      if (reportError(error).code === 'out-of-memory') return null;
      throw error;
    }
  }

  /** The means of the first layer when it was last looked at. */
  get latest(): LiveLook['norm'] {
    const { name, channels } = this.#layers[0]!;
    const row = this.#latest;
    const figure = (figure: NormFigure) => {
      const start = 1 + normFigures.indexOf(figure) * channels;
      return Array.from(row!.subarray(start, start + channels));
    };
    return row && { layer: name, step: row[0]!, batchMean: figure('batchMean'), runningMean: figure('movingMean') };
  }

  /** What cannot be written now is written along with the next; training does not depend on it. */
  save(): void {
    if (this.#unwritten.length === 0) return;
    try {
      appendAndSync(this.#file, Buffer.concat(this.#unwritten));
      this.#unwritten = [];
    } catch {
      return;
    }
  }
}

const bytesOf = (row: Float32Array): Uint8Array => new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
