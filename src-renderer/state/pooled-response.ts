import type { PoolingWindow } from '../../src-main/shared/inspect/pooling-report.ts';
import type { Target } from '../views/inspect/tabs.ts';
import { connection } from './connection.svelte.ts';
import { GrowingAnswer } from './growing-answer.svelte.ts';

/** A layer, pooled by a chosen window or by its own. */
export type WindowTarget = Target & { window?: PoolingWindow };

/** How pooled maps change as the image moves. */
export const pooledResponse = new GrowingAnswer(connection, {
  ask: (question: WindowTarget) => connection.request('explain.poolingResponse', question),
  event: 'explain.poolingResponse',
  kind: 'poolingResponse',
});
