import { exportTfjs } from '../engine/export/tfjs.ts';
import { loadInspectionBatch } from '../engine/inspection/inspection-batch.ts';
import { RunFolder } from '../engine/training/run-folder.ts';
import { withDecoder } from './decoder.ts';
import { modelOf } from './model.ts';
import type { ExportOptions } from './options.ts';
import type { Output } from './output.ts';

export async function run(
  { run: path, weights, out }: ExportOptions,
  output: Output,
): Promise<Record<string, unknown>> {
  const run = RunFolder.open(path);
  const model = modelOf(run, weights, output);
  try {
    const batch = await withDecoder((decoder) => loadInspectionBatch(run.info, decoder));
    return { ...(await exportTfjs(model, run.info, batch && batch.pixels, out)) };
  } finally {
    model.dispose();
  }
}
