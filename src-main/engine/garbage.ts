/**
 * Gives memory back after large work. V8 by itself lets some 60 MB of thrown away arrays lie until it looks for them, and
 * lists of 100,000 images are thrown away at every change of a filter.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void;

/** When the answer is on its way and nothing more has come for a while, ms. */
const quiet = 300;
let timer: NodeJS.Timeout | undefined;

/** Soon, when no more such work has come. Takes some 30 ms then. */
export function collectGarbageSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(collect, quiet, { type: 'major' }).unref();
}
