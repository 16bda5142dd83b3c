/** What a run's recorder needs: the fixed batch with its classes, and when to look. */
import { relative } from 'node:path';
import type { Model } from '../graph/model.ts';
import { mostLookImages } from '../graph/samples.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { loadInspectionBatch } from '../inspection/inspection-batch.ts';
import type { LookAccount } from './look-budget.ts';
import type { LabelledFile } from './prepare.ts';
import { RecordSchedule } from './record-schedule.ts';
import { Recorder, recordParts } from './recorder.ts';
import type { RunFolder } from './run-folder.ts';
import type { ImageTensors } from './trainer.ts';

interface Surroundings {
  /** The files it learns from. */
  files: readonly LabelledFile[];
  /** Steps in all, and those done before. */
  steps: number;
  done: number;
  account: LookAccount;
  /** Of the images. */
  folder: string;
  decoder: DecoderClient;
}

/** A recorder that has looked at what the run begins with; null where the images of the fixed batch are gone. */
export async function openRecorder(run: RunFolder, model: Model, around: Surroundings): Promise<Recorder | null> {
  const batch = await fixedBatch(run, around);
  if (!batch) return null;
  const { steps, done, account } = around;
  const parts = recordParts(run.path, model);
  const schedule = new RecordSchedule(steps, parts.spreads.length + (parts.norms?.length ?? 0));
  return new Recorder({ model, parts, batch, account, schedule, done });
}

/** The first images of the run's fixed batch, no more than a step takes, which may be all that there is room for. */
async function fixedBatch({ info }: RunFolder, around: Surroundings): Promise<ImageTensors | null> {
  const { files, folder, decoder } = around;
  const count = Math.min(mostLookImages, Math.max(2, info.recipe.batchSize));
  const source = { folder, inspectionBatch: info.source.inspectionBatch.slice(0, count) };
  const batch = await loadInspectionBatch({ preprocessing: info.preprocessing, source }, decoder);
  const classes = new Map(files.map(({ path, label }) => [relative(folder, path), label]));
  const labels = batch?.paths.map((path) => classes.get(relative(folder, path)));
  if (!batch || !labels?.every((label) => label !== undefined)) return null;
  return { pixels: batch.pixels, labels: Int32Array.from(labels) };
}
