import { throwIfInterrupted } from '../images/interrupted.ts';

/**
 * Lends a process of the engine's own to `work` and ends it afterwards, however that went. When `signal` aborts it ends
 * at once, whatever it is doing, and what waits for it is told so.
 */
export async function withHelper<H extends { close(): void }, T>(
  start: () => H,
  signal: AbortSignal,
  work: (helper: H) => Promise<T>,
): Promise<T> {
  throwIfInterrupted(signal);
  const helper = start();
  const onAbort = (): void => helper.close();
  signal.addEventListener('abort', onAbort);
  try {
    return await work(helper);
  } finally {
    signal.removeEventListener('abort', onAbort);
    helper.close();
  }
}
