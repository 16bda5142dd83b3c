import { sep } from 'node:path';
import { recalibrate } from '../engine/inspection/recalibrate.ts';
import { WorkControl } from '../engine/training/control.ts';
import { RunFolder } from '../engine/training/run-folder.ts';
import { ReceptiveError } from '../shared/errors.ts';
import { withDecoder } from './decoder.ts';
import type { RecalibrateOptions } from './options.ts';
import type { Output } from './output.ts';
import { table } from './readable.ts';

export async function run(options: RecalibrateOptions, output: Output): Promise<Record<string, unknown>> {
  const { folder, weights } = options;
  const run = RunFolder.open(options.run);
  if (folder === undefined) {
    const undone = run.undoRecalibration(weights);
    const own = "the statistics of training are the run's again";
    output.text(undone ? `The recalibration was taken back: ${own}.` : 'There was no recalibration to take back.');
    return { undone };
  }
  const { training: files } = run.files(folder);
  const stray = files.find(({ path }) => !path.startsWith(folder + sep));
  if (stray) {
    const hint = 'Give the folder that the run learnt from.';
    throw new ReceptiveError('usage', `${stray.path} lies outside ${folder}.`, hint);
  }
  const control = new WorkControl();
  const work = withDecoder(async (decoder) => {
    const report = await recalibrate(
      { run, weights, files, folder, decoder, control },
      {
        onProgress: (done, total) => output.progress('Recalibrating', done, total),
        onRejected: (rejected) => rejected.forEach(({ path, reason }) => output.warn(`${path} is left out: ${reason}`)),
      },
    );
    if (!report) throw new ReceptiveError('interrupted', 'Stopped; the statistics are what they were.');
    const { images, batchStatistics, before, after } = report;
    const row = (statistics: string, { loss, accuracy }: typeof before) => ({ statistics, loss, accuracy });
    output.text(`Over the ${images.toLocaleString('en')} training images, by the statistics that batch norm uses:`);
    output.text(
      table([row("the batch's, as in training", batchStatistics), row('running', before), row('recalibrated', after)]),
    );
    return { ...report };
  });
  output.onInterrupt(async () => {
    control.stop();
    await work.catch(() => undefined);
  });
  return work;
}
