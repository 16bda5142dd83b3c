import { filesIn } from '../engine/evaluation/files-in.ts';
import { inspectToFolder, pageName } from '../engine/inspection/inspect-folder.ts';
import { RunFolder } from '../engine/training/run-folder.ts';
import { withDecoder } from './decoder.ts';
import type { InspectOptions } from './options.ts';
import type { Output } from './output.ts';
import { table } from './readable.ts';

export async function run(
  { run: path, weights = 'last', image, out, only, class: className, cell: cells = [], images: folder }: InspectOptions,
  output: Output,
): Promise<Record<string, unknown>> {
  const run = RunFolder.open(path);
  const images = folder === undefined ? undefined : (await filesIn([folder], folder)).map((file) => file.path);
  const aborter = new AbortController();
  const work = withDecoder((decoder) =>
    inspectToFolder({
      ...{ run, image, out, weights, only, className, cells, images, decoder },
      signal: aborter.signal,
      onProgress: (done, total) => output.progress('Inspecting', done, total),
      onWarning: (message) => output.warn(message),
    }),
  );
  output.onInterrupt(async () => {
    aborter.abort();
    await work.catch(() => undefined);
  });
  const layers = await work;
  output.text(
    table(
      layers.map(({ name, kind, shape, mean, std, min, max, zeros, maps }) => {
        return { layer: name, kind, shape: shape.join(' x '), mean, std, min, max, 'share of zeros': zeros, maps };
      }),
    ),
  );
  output.text(`\nAll of it is in ${out}: open ${pageName} in a browser.`);
  return { layers, page: pageName };
}
