/** The network that is being looked into: kept loaded between requests, one at a time. */
import type { inspectedWeights } from '../../shared/inspection.ts';
import type { Network } from '../../shared/network/spec.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { RunInfo } from '../../shared/run.ts';
import type { Model } from '../graph/model.ts';
import type { RunFolder } from '../training/run-folder.ts';
import { weightsVersion } from '../training/weights-version.ts';
import { Turns } from '../turns.ts';

/** A network with weights, and what is known of the images it is for. */
export interface LoadedModel {
  info: Pick<RunInfo, 'classes' | 'preprocessing' | 'source'>;
  network: Network;
  model: Model;
}

export interface LoadedRun extends LoadedModel {
  run: RunFolder;
}

/** Where a model comes from; another key is another model, or other weights of it. */
export interface ModelSource<M extends LoadedModel> {
  key: string;
  /** The caller disposes the model. */
  load(): Promise<M>;
}

type Weights = (typeof inspectedWeights)[number];

/** Opens a run for use, weights and all. The caller disposes the model. */
async function loadRun(folder: string, weights: Weights): Promise<LoadedRun> {
  const { RunFolder } = await import('../training/run-folder.ts');
  const run = RunFolder.open(folder);
  const load = { last: () => run.loadModel(), best: () => run.loadBestModel(), start: () => run.firstModel() };
  return { run, info: run.info, network: parseNetwork(run.info.network), model: load[weights]() };
}

export const sourceOfRun = (folder: string, weights: Weights): ModelSource<LoadedRun> => ({
  // A run that is training is looked into as it is now; what it began with follows from its run.json.
  key: `${folder} ${weights} ${weights === 'start' ? '' : weightsVersion(folder)}`,
  load: () => loadRun(folder, weights),
});

export class Models {
  #loaded: { key: string; value: LoadedModel } | null = null;
  readonly #turns = new Turns();

  /** Runs `work` with weights of the run in `folder`; requests take turns, so none loses its model midway. */
  use<T>(folder: string, weights: Weights, work: (loaded: LoadedRun) => T | Promise<T>): Promise<T> {
    return this.useFrom(() => sourceOfRun(folder, weights), work);
  }

  /** The same of any source, which is asked for when its turn has come. */
  useFrom<M extends LoadedModel, T>(source: () => ModelSource<M>, work: (loaded: M) => T | Promise<T>): Promise<T> {
    return this.#turns.take(async () => work(await this.#load(source())));
  }

  /** Lets the model go, so that its run may be moved or deleted. */
  release(): Promise<void> {
    return this.#turns.take(() => this.#dispose());
  }

  async #load<M extends LoadedModel>({ key, load }: ModelSource<M>): Promise<M> {
    // What lies under a key was loaded by the source of that key.
    if (this.#loaded?.key === key) return this.#loaded.value as M;
    this.#dispose();
    const value = await load();
    this.#loaded = { key, value };
    return value;
  }

  #dispose(): void {
    this.#loaded?.value.model.dispose();
    this.#loaded = null;
  }
}
