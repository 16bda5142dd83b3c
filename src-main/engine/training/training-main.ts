/** The process that trains, see training-functions.ts. The engine starts it (training-process.ts); it ends with its channel. */
import { reportError } from '../../shared/errors.ts';
import { serveHelper } from '../helper/serve.ts';
import { DecoderClient } from '../images/decoder-client.ts';
import { createThrottle } from '../throttle.ts';
import { WorkControl } from './control.ts';
import { findLearningRate } from './find-rate.ts';
import { resumeTraining } from './resume.ts';
import { runTraining } from './run.ts';
import type { TrainingHooks, TrainingOutcome } from './run.ts';
import { RunFolder } from './run-folder.ts';
import { WatchedImage } from './watched-image.ts';
import type { TrainingFunctions, TrainingNews, TrainingResult, TrainingTold } from './training-functions.ts';

const control = new WorkControl();
const decoder = new DecoderClient();
const watched = new WatchedImage();
const around = { decoder, control, watched };

// Asked to stop before its engine went, it saves where it stands first.
const tell = serveHelper<TrainingFunctions, TrainingTold>(
  {
    train: ({ watched: image, ...order }) => over(runTraining({ ...order, ...around }, hooksFor(image)).then(resultOf)),
    resume: ({ path, known, watched: image, ...order }) => {
      const isKnown = known && new Set(known);
      const mayUse = (file: { path: string }) => isKnown?.has(file.path) ?? true;
      const run = RunFolder.open(path);
      const { training, validation } = run.files(order.folder);
      const files = { training: training.filter(mayUse), validation: validation.filter(mayUse) };
      return over(resumeTraining({ ...order, ...around, run, files }, hooksFor(image)).then(resultOf));
    },
    findRate: (order) => over(findLearningRate({ ...order, ...around }, hooks)),
    pause: () => control.pause(),
    continue: () => control.continue(),
    stop: () => control.stop(),
    watch: ({ path }) => watched.choose(path),
  },
  () => !control.stopped,
);
const news = <N extends keyof TrainingNews>(name: N, about: TrainingNews[N]) =>
  tell({ name, news: about } as TrainingTold);

decoder.onLost((message) => news('decoderLost', message));

const isDue = createThrottle();
const hooks: TrainingHooks & Parameters<typeof findLearningRate>[1] = {
  onProgress: (progress) => {
    // While images are read it comes once an image; the loop itself comes a few times a second.
    if (progress.state !== 'preparing' || isDue(progress.step, progress.steps)) news('progress', progress);
  },
  onStart: (run) => news('start', { info: run.info, metrics: run.metrics() }),
  onRejected: (rejected) => news('rejected', rejected),
  onEpoch: (metrics) => news('epoch', metrics),
  onWarning: (warning) => news('warning', reportError(warning)),
  onPoint: (points) => news('points', [...points]),
};

function hooksFor(image: string | null | undefined): TrainingHooks {
  if (image === undefined) return hooks;
  watched.choose(image);
  return { ...hooks, onLive: (look) => news('live', look) };
}

const resultOf = ({ end, unsaved }: TrainingOutcome): TrainingResult => ({
  end,
  unsaved: unsaved && reportError(unsaved),
});

/** Nobody is left to end it where its engine has gone meanwhile. */
async function over<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    await decoder.close();
    if (!process.connected) process.exit(0);
  }
}
