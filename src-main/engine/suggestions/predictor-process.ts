/** The predictor's process as the engine sees it. */
import { ReceptiveError } from '../../shared/errors.ts';
import { HelperProcess } from '../helper/process.ts';
import type { PredictorFunctions } from './predictor.ts';

/** Suggestions can wait; a training, the window and the decoders it waits for go first. */
export class PredictorProcess extends HelperProcess<PredictorFunctions> {
  constructor() {
    super(new URL('predictor-main.ts', import.meta.url), { yields: true, lost });
  }
}

const lost = (how: string): ReceptiveError =>
  new ReceptiveError(
    'engine-lost',
    `The process that computes suggestions ended (${how}).`,
    'Start again: what was computed before is kept.',
  );
