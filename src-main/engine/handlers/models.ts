/** The trained network that is being looked into: kept loaded between requests, one at a time. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../../shared/network/spec.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { Model } from '../graph/model.ts';
import type { RunFolder } from '../training/run-folder.ts';
import { Turns } from '../turns.ts';

export interface LoadedRun {
  run: RunFolder;
  network: Network;
  model: Model;
}

/** Opens a run for use, weights and all. The caller disposes the model. */
export async function loadRun(folder: string): Promise<LoadedRun> {
  const { RunFolder } = await import('../training/run-folder.ts');
  const run = RunFolder.open(folder);
  return { run, network: parseNetwork(run.info.network), model: run.loadModel() };
}

export class Models {
  #loaded: (LoadedRun & { version: number }) | null = null;
  readonly #turns = new Turns();

  /** Runs `work` with the newest weights of the run in `folder`; requests take turns, so none loses its model midway. */
  use<T>(folder: string, work: (loaded: LoadedRun) => T | Promise<T>): Promise<T> {
    return this.#turns.take(async () => work(await this.#load(folder)));
  }

  /** Lets the model go, so that its run may be moved or deleted. */
  release(): Promise<void> {
    return this.#turns.take(() => this.#dispose());
  }

  async #load(folder: string): Promise<LoadedRun> {
    // A new checkpoint changes the folder: a run that is training is looked into as it is now.
    const version = statSync(join(folder, 'checkpoints'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (this.#loaded?.run.path === folder && this.#loaded.version === version) return this.#loaded;
    this.#dispose();
    this.#loaded = { ...(await loadRun(folder)), version };
    return this.#loaded;
  }

  #dispose(): void {
    this.#loaded?.model.dispose();
    this.#loaded = null;
  }
}
