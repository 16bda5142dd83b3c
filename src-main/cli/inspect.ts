import { inspectToFolder } from '../engine/inspection/inspect-folder.ts';
import { RunFolder } from '../engine/training/run-folder.ts';
import { withDecoder } from './decoder.ts';
import type { InspectOptions } from './options.ts';
import type { Output } from './output.ts';
import { table } from './readable.ts';

export async function run(
  { run: path, weights, image, out }: InspectOptions,
  output: Output,
): Promise<Record<string, unknown>> {
  const run = RunFolder.open(path);
  const layers = await withDecoder((decoder) =>
    inspectToFolder(run, image, out, decoder, (message) => output.warn(message), weights),
  );
  output.text(
    table(
      layers.map(({ name, kind, shape, mean, std, min, max, zeros, maps }) => {
        return { layer: name, kind, shape: shape.join(' x '), mean, std, min, max, 'share of zeros': zeros, maps };
      }),
    ),
  );
  output.text(`\nThe pictures are in ${out}.`);
  return { layers };
}
