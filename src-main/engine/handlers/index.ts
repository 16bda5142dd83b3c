/** Every request has its handler here: leaving one out does not compile. */
import type { EngineHandlers } from '../../shared/protocol.ts';
import { augmentationHandlers } from './augmentation.ts';
import { batchNormHandlers } from './batch-norm.ts';
import { bringInHandlers } from './bring-in.ts';
import { classifyHandlers } from './classify.ts';
import type { EngineContext } from './context.ts';
import { drivesHandlers } from './drives.ts';
import { engineHandlers } from './engine.ts';
import { explainHandlers } from './explain.ts';
import { evaluateHandlers } from './evaluate.ts';
import { exportLabelsHandlers } from './export-labels.ts';
import { exportHandlers } from './export.ts';
import { fileHandlers } from './files.ts';
import { rateHandlers } from './find-rate.ts';
import { imageHandlers } from './images.ts';
import { inspectHandlers } from './inspect.ts';
import { labelHandlers } from './labels.ts';
import { networkHandlers } from './networks.ts';
import { projectHandlers } from './project.ts';
import { qualityHandlers } from './quality.ts';
import { runHandlers } from './runs.ts';
import { suggestionHandlers } from './suggestions.ts';
import { snapshotHandlers } from './snapshots.ts';
import { thumbnailHandlers } from './thumbnails.ts';
import { trainingHandlers } from './training.ts';

export function createHandlers(context: EngineContext): EngineHandlers {
  return {
    ...engineHandlers(),
    ...projectHandlers(context),
    ...snapshotHandlers(context),
    ...imageHandlers(context),
    ...bringInHandlers(context),
    ...thumbnailHandlers(context),
    ...labelHandlers(context),
    ...networkHandlers(context),
    ...trainingHandlers(context),
    ...rateHandlers(context),
    ...augmentationHandlers(context),
    ...runHandlers(context),
    ...inspectHandlers(context),
    ...batchNormHandlers(context),
    ...explainHandlers(context),
    ...drivesHandlers(context),
    ...evaluateHandlers(context),
    ...classifyHandlers(context),
    ...exportHandlers(context),
    ...exportLabelsHandlers(context),
    ...fileHandlers(),
    ...suggestionHandlers(context),
    ...qualityHandlers(context),
    'job.cancel': ({ jobId }) => context.jobs.cancel(jobId),
  };
}
