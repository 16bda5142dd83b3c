/**
 * Gives memory back after large work. V8 by itself lets some 60 MB of thrown away arrays lie until it looks for them, and
 * lists of 100,000 images are thrown away at every change of a filter.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;

/** When the answer is on its way and nothing more has come for a while, ms. */
const quiet = 1500;
let timer: NodeJS.Timeout | undefined;

/** Soon, when no more such work has come. An ordinary collection would keep the pages that it emptied. */
export function collectGarbageSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(collect, quiet, { type: 'major', flavor: 'last-resort' }).unref();
}
