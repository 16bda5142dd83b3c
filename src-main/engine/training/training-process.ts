/** The process that trains as the engine sees it. */
import { ReceptiveError } from '../../shared/errors.ts';
import { HelperProcess } from '../helper/process.ts';
import type { TrainingFunctions, TrainingNews, TrainingTold } from './training-functions.ts';

/** What is listened to of what it tells. */
export type Hears = { [N in keyof TrainingNews]?: (news: TrainingNews[N]) => void };

export class TrainingProcess extends HelperProcess<TrainingFunctions, TrainingTold> {
  constructor(hears: Hears) {
    super(new URL('training-main.ts', import.meta.url), {
      heard: true,
      onTold: ({ name, news }) => (hears[name] as ((news: unknown) => void) | undefined)?.(news),
      lost,
    });
  }
}

const lost = (how: string): ReceptiveError =>
  new ReceptiveError(
    'engine-lost',
    `The process that trains ended (${how})${how === 'SIGKILL' ? ', perhaps because there was not enough memory' : ''}.`,
    'Resume the run: what was trained since its last checkpoint, a minute at most, is lost.',
  );
