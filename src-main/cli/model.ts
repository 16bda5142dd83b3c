import type { Model } from '../engine/graph/model.ts';
import type { RunFolder } from '../engine/training/run-folder.ts';
import type { WeightsChoice } from '../shared/run.ts';
import type { Output } from './output.ts';

/** The run's network with the weights that were asked for: those of the last epoch where none were. */
export function modelOf(run: RunFolder, weights: WeightsChoice | undefined, output: Output): Model {
  return weights === 'best' ? run.loadBestModel() : run.loadModel((message) => output.warn(message));
}
