/**
 * A training keeps the computer awake, asks before its window is closed, says how it ended when nobody looks, and goes on
 * after a crash.
 */
import { app, BrowserWindow, dialog, Notification, powerSaveBlocker } from 'electron';
import { setTimeout as wait } from 'node:timers/promises';
import { CrashedRuns } from '../shared/crashed-runs.ts';
import type { Events } from '../shared/events.ts';
import type { RunEnd } from '../shared/run.ts';
import type { EngineEvent } from '../shared/rpc.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import { messages } from './messages.ts';

const stopLimitMs = 5000;

export class TrainingCare {
  readonly #engine: EngineSupervisor;
  /** Runs that are going; a paused one lets the computer sleep. */
  readonly #going = new Map<string, { paused: boolean }>();
  readonly #crashedRuns = new CrashedRuns();
  /** A run that ended with the engine, until that is there again to go on with it. */
  #crashed: string | null = null;
  #blocker: number | null = null;

  constructor(engine: EngineSupervisor) {
    this.#engine = engine;
    app.on('browser-window-created', (_event, window) => this.#guard(window));
  }

  heard({ name, payload }: EngineEvent): void {
    if (name === 'training.started') {
      this.#going.set(payload.runId, { paused: false });
      this.#crashedRuns.began(payload.runId, payload.from);
    }
    if (name === 'training.progress') this.#onProgress(payload);
    if (name === 'training.epoch') this.#crashedRuns.epochDone(payload.runId, payload.metrics.epoch);
    if (name === 'training.ended') this.#onEnded(payload);
    this.#keepAwake([...this.#going.values()].some(({ paused }) => !paused));
    this.#goOn();
  }

  #onProgress({ runId, state }: Events['training.progress']): void {
    const run = this.#going.get(runId);
    if (run) run.paused = state === 'paused';
  }

  #onEnded({ runId, end }: Events['training.ended']): void {
    const run = this.#going.get(runId);
    if (!run) return;
    this.#going.delete(runId);
    // Where only its own process ended, the engine goes on with it.
    const lostWithEngine = end === 'engineLost' && this.#engine.state.state === 'lost';
    if (lostWithEngine && !run.paused && this.#crashedRuns.goesOn(runId)) this.#crashed = runId;
    if (BrowserWindow.getFocusedWindow() === null) void this.#tellEnd(runId, end);
  }

  /** Refused where another run has begun meanwhile, or another project was opened: then it waits to be resumed by hand. */
  #goOn(): void {
    if (this.#crashed === null || this.#engine.state.state !== 'ready') return;
    void this.#engine.request('training.resume', { runId: this.#crashed });
    this.#crashed = null;
  }

  /** Asks before `window` is closed while a run goes on. */
  #guard(window: BrowserWindow): void {
    let asking = false;
    let agreed = false;
    window.on('close', (event) => {
      if (agreed || this.#going.size === 0) return;
      event.preventDefault();
      if (asking) return;
      asking = true;
      const { closeTitle: message, closeText: detail, closeKeep, closeAnyway } = messages.training;
      const buttons = [closeKeep, closeAnyway];
      void dialog
        .showMessageBox(window, { type: 'question', message, detail, buttons, defaultId: 0, cancelId: 0 })
        .then(async ({ response }) => {
          asking = false;
          if (response !== 1) return;
          agreed = true;
          await this.#stopAll();
          app.quit();
        });
    });
  }

  /** Stops what is going, so that it is saved where it stands; a step that takes very long is not waited for. */
  async #stopAll(): Promise<void> {
    await Promise.race([this.#engine.request('training.leave', undefined), wait(stopLimitMs)]);
  }

  #keepAwake(awake: boolean): void {
    if (awake && this.#blocker === null) this.#blocker = powerSaveBlocker.start('prevent-app-suspension');
    if (!awake && this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }

  async #tellEnd(runId: string, end: RunEnd): Promise<void> {
    const reply = await this.#engine.request('runs.list', undefined);
    const name = reply.ok ? reply.value.find(({ id }) => id === runId)?.name : undefined;
    const { endTitle, endText } = messages.training;
    new Notification({ title: endTitle[end], body: name === undefined ? '' : endText(name) }).show();
  }
}
