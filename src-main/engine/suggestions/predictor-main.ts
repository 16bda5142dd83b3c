/** The predictor's process, see predictor.ts. The engine starts it (predictor-process.ts); it ends with its channel. */
import { createBirpc } from 'birpc';
import { reportError } from '../../shared/errors.ts';
import type { Reply } from '../../shared/protocol.ts';
import { Backbone } from '../backbone/backbone.ts';
import type { Model } from '../graph/model.ts';
import { deviceReport } from '../tensorflow.ts';
import { RunFolder } from '../training/run-folder.ts';
import { toDirections } from './directions.ts';
import { LearntHead } from './learnt-head.ts';
import type { PredictorFunctions } from './predictor.ts';

let backbone: Backbone | null = null;
let head: LearntHead | null = null;
let model: Model | null = null;

const functions: PredictorFunctions = {
  features: (pixels) => toDirections((backbone ??= new Backbone()).features(pixels)),
  learn: (examples) => {
    head?.dispose();
    head = new LearntHead(examples);
    return head.heldOut;
  },
  judge: (directions) => head!.judge(directions),
  openRun: (folder) => {
    model?.dispose();
    const run = RunFolder.open(folder);
    model = run.loadModel();
    return { classes: run.info.classes, preprocessing: run.info.preprocessing };
  },
  predict: (pixels) => model!.predict(pixels),
  computing: deviceReport,
};

/** Errors cross as reports: structured clone strips what an Error carries. */
function call<N extends keyof PredictorFunctions>(
  name: N,
  given: Parameters<PredictorFunctions[N]>[0],
): Reply<ReturnType<PredictorFunctions[N]>> {
  try {
    const work = functions[name] as (given: unknown) => ReturnType<PredictorFunctions[N]>;
    return { ok: true, value: work(given) };
  } catch (error) {
    return { ok: false, error: reportError(error) };
  }
}

process.on('disconnect', () => process.exit(0));
// Ctrl+C in a terminal reaches the whole process group; when to end is the engine's to say.
process.on('SIGINT', () => undefined);

createBirpc<object, { call: typeof call }>(
  { call },
  {
    post: (message) => process.send?.(message),
    on: (listener) => {
      process.on('message', listener);
    },
    timeout: -1,
  },
);
