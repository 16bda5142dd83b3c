import type { Target } from '../views/inspect/tabs.ts';
import { connection } from './connection.svelte.ts';
import { GrowingAnswer } from './growing-answer.svelte.ts';

/** What a batch norm layer does with the fixed batch. */
export const measuredNorm = new GrowingAnswer(connection, {
  ask: (question: Target) => connection.request('inspect.batchNorm', question),
  event: 'inspect.batchNorm',
  kind: 'batchNorm',
});
