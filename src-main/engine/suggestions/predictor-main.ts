/** The predictor's process, see predictor.ts. The engine starts it (predictor-process.ts); it ends with its channel. */
import '../one-thread-a-kernel.ts';
import { Backbone } from '../backbone/backbone.ts';
import type { Model } from '../graph/model.ts';
import { serveHelper } from '../helper/serve.ts';
import { deviceReport } from '../tensorflow.ts';
import { RunFolder } from '../training/run-folder.ts';
import { toDirections } from './directions.ts';
import { LearntHead } from './learnt-head.ts';
import type { PredictorFunctions } from './predictor.ts';

let backbone: Backbone | null = null;
let head: LearntHead | null = null;
let model: Model | null = null;

serveHelper<PredictorFunctions>({
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
});
