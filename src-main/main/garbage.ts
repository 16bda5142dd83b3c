/**
 * Gives memory back after large lists were passed on: V8 by itself lets some 60 MB of thrown away arrays lie before it
 * looks for them. Here and in the page, which gets `gc` by the flag.
 */
import { app } from 'electron';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Has to happen before Electron is ready. */
export function exposeCollector(): void {
  app.commandLine.appendSwitch('js-flags', '--expose-gc');
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;

/** When nothing more has come for so long, ms. */
const quiet = 500;
let timer: NodeJS.Timeout | undefined;

export function collectGarbageSoon(): void {
  clearTimeout(timer);
  // An ordinary collection would keep the pages that it emptied.
  timer = setTimeout(collect, quiet, { type: 'major', flavor: 'last-resort' });
}
