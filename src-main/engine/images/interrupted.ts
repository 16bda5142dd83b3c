import { ReceptiveError } from '../../shared/errors.ts';

/** @throws ReceptiveError `interrupted` once `signal` is aborted. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ReceptiveError('interrupted', 'Stopped before the last image was read.');
}
