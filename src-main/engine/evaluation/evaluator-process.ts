/** The process that evaluates and classifies as the engine sees it. */
import { ReceptiveError } from '../../shared/errors.ts';
import { HelperProcess } from '../helper/process.ts';
import type { EvaluatorFunctions, EvaluatorNews, EvaluatorTold } from './evaluator.ts';

/** What is listened to of what it tells. */
type Hears = { [N in keyof EvaluatorNews]?: (news: EvaluatorNews[N]) => void };

/** What it does, as in "that evaluates". */
export type EvaluatorWork = 'evaluates' | 'classifies';

export class EvaluatorProcess extends HelperProcess<EvaluatorFunctions, EvaluatorTold> {
  hears: Hears = {};

  constructor(work: EvaluatorWork) {
    super(new URL('evaluator-main.ts', import.meta.url), {
      heard: true,
      onTold: ({ name, news }) => (this.hears[name] as ((news: unknown) => void) | undefined)?.(news),
      lost: (how) => lost(work, how),
    });
  }
}

const lost = (work: EvaluatorWork, how: string): ReceptiveError =>
  new ReceptiveError(
    'engine-lost',
    `The process that ${work} ended (${how})${how === 'SIGKILL' ? ', perhaps because there was not enough memory' : ''}.`,
    'Start again.',
  );
