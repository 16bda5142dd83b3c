/** Requests of the labelling work that are being built. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { EngineHandlers } from '../../shared/protocol.ts';

const soon = (): never => {
  throw new ReceptiveError('unsupported', 'This does not work yet.');
};

export const pendingHandlers = {
  'quality.start': soon,
  'quality.report': soon,
  'quality.exclude': soon,
} satisfies Partial<EngineHandlers>;

export type Pending = keyof typeof pendingHandlers;
