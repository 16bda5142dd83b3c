import { splitFiles } from '../engine/training/class-folders.ts';
import { WorkControl } from '../engine/training/control.ts';
import { findLearningRate } from '../engine/training/find-rate.ts';
import { ReceptiveError } from '../shared/errors.ts';
import { rateSteps } from '../shared/rate-search.ts';
import type { RatePoint } from '../shared/rate-search.ts';
import { withDecoder } from './decoder.ts';
import { readNetwork } from './network.ts';
import { defaultNetwork } from './options.ts';
import type { FindRateOptions } from './options.ts';
import type { Output } from './output.ts';
import { overflowFolder } from './overflow.ts';
import { readTrainingFolder } from './training-folder.ts';

export async function run(options: FindRateOptions, output: Output): Promise<Record<string, unknown>> {
  const { folder, recipe, network: choice = { preset: defaultNetwork }, size, channels } = options;
  const network = await readNetwork({ network: choice, size, channels });
  const control = new WorkControl();
  const search = withDecoder(async (decoder) => {
    const labelled = await readTrainingFolder(folder, decoder, control, output);
    const split = splitFiles(labelled, recipe.validationShare, recipe.seed);
    const found = await findLearningRate(
      { network, recipe, split, folder, decoder, control, overflowFolder: overflowFolder() },
      {
        onProgress: ({ step, steps }) => output.progress('Decoding images', step, steps),
        onRejected: (rejected) => rejected.forEach(({ path, reason }) => output.warn(`${path} is left out: ${reason}`)),
        onPoint: (points) => output.progress('Trying learning rates', points.length, rateSteps),
      },
    );
    if (found === null) throw new ReceptiveError('interrupted', 'Stopped before all learning rates were tried.');
    output.text(plot(found.points));
    output.text(
      found.suggestion === null
        ? 'The loss fell at no learning rate: the network may be stuck, or the batch too small.'
        : `The loss falls most steeply at a learning rate of ${found.suggestion}.`,
    );
    return { ...found };
  });
  output.onInterrupt(async () => {
    control.stop();
    await search.catch(() => undefined);
  });
  return search;
}

const barWidth = 50;

/** A bar a learning rate, as long as its smoothed loss; beyond the first loss they are cut. */
export function plot(points: readonly RatePoint[]): string {
  const most = points[0]?.smoothed ?? 0;
  const lines = points
    .filter((_, at) => at % 3 === 0)
    .map(({ learningRate, smoothed }) => {
      const share = Math.min(smoothed / most, 1.1);
      const bar = '█'.repeat(Math.round((barWidth * share) / 1.1));
      return `${learningRate.toExponential(1).padStart(8)}  ${smoothed.toFixed(3).padStart(9)}  ${bar}`;
    });
  return ['    rate  loss/nats', ...lines].join('\n');
}
