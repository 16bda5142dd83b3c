/** Work that nobody waits for makes room for what a person does: both need the same few processors, and the disk. */
import { setTimeout as wait } from 'node:timers/promises';

/** Time without a request that counts as a pause, ms. */
const pause = 300;
/** After so long without a pause the work goes on for a moment all the same, or it might never end; ms. */
const patience = 2000;

let lastAsked = -Infinity;

/** Somebody asks the engine for something. */
export function noteRequest(): void {
  lastAsked = performance.now();
}

/** Resolves at the next pause in what is asked for, when there has been none for a while, or when `signal` aborts. */
export async function untilQuiet(signal: AbortSignal): Promise<void> {
  const latest = performance.now() + patience;
  while (!signal.aborted) {
    const left = Math.min(lastAsked + pause, latest) - performance.now();
    if (left <= 0) return;
    await wait(left, undefined, { signal }).catch(() => undefined);
  }
}
