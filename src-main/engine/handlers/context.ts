/** What the handlers share: the open project, the jobs, the decoder, and the way to tell the screen something. */
import type { EventName, Events } from '../../shared/events.ts';
import type { EngineHandlers, EngineRequestName } from '../../shared/protocol.ts';
import type { KeptEvaluator } from '../evaluation/kept-evaluator.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import type { OpenProject } from '../store/open-project.ts';
import type { Relabelled } from '../store/relabelling.ts';
import type { Thumbnails } from '../thumbnails/thumbnails.ts';
import type { Folders } from './folders.ts';
import type { Jobs } from './jobs.ts';
import type { Models } from './models.ts';
import type { Trainings } from './trainings.ts';

export type Tell = <E extends EventName>(name: E, payload: Events[E]) => void;

export interface EngineContext {
  projects: OpenProject;
  jobs: Jobs;
  folders: Folders;
  trainings: Trainings;
  models: Models;
  evaluator: KeptEvaluator;
  classifier: KeptEvaluator;
  thumbnails: Thumbnails;
  tell: Tell;
  /** Started at its first use. */
  decoder(): DecoderClient;
}

/** The handlers of some requests. */
export type Part<Prefix extends string> = Pick<EngineHandlers, Extract<EngineRequestName, `${Prefix}.${string}`>>;

/** Says that the project's data changed, so that the screen asks again for what it shows. */
export function changed(context: EngineContext, ...what: Events['project.changed']['what']): void {
  context.tell('project.changed', { what });
}

/**
 * Says which images got which label: at each key of somebody who labels fast, so nothing else is told. Whoever shows
 * the classes' counts knows that they are others now, and what can be undone is in the reply.
 */
export function tellRelabelled(context: EngineContext, labels: readonly Relabelled[]): void {
  for (const { ids, classId, origin } of labels) {
    if (ids.length > 0) context.tell('images.relabelled', { ids: Uint32Array.from(ids), classId, origin });
  }
}
