import type { AttributionMethod } from '../../src-main/shared/inspect/attribution.ts';
import type { Params } from '../../src-main/shared/protocol.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { GrowingAnswer } from './growing-answer.svelte.ts';

/** What speaks for a class. */
export class Attributions extends GrowingAnswer<'explain.heat', Params<'explain.class'>> {
  /** What is chosen on the screen, whatever layer is looked at: how it is found out, for which class, how it is shown. */
  method = $state<AttributionMethod>('gradCam');
  /** null: what the image is taken for. */
  className = $state<string | null>(null);
  /** Of the overlay, in %. */
  strength = $state(60);

  constructor(line: Connection) {
    super(line, { ask: (question) => line.request('explain.class', question), event: 'explain.heat', kind: 'explain' });
  }
}

export const attributions = new Attributions(connection);
