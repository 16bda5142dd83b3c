/** Runs the programs that the commands are made of, and ends the way they ended. */
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { SetupError, log } from './terminal.mjs';

/** What other tools put into the environment for Node or Electron must not reach the pinned ones. */
const foreign = ['NODE_OPTIONS', 'NODE_PATH', 'ELECTRON_RUN_AS_NODE'];

/**
 * Resolves to the exit code (128 + the signal's number when a signal ended it). Ctrl+C reaches the child by itself, as a
 * member of the process group, so here it is only waited for.
 */
export function runChild(command, args, { env = {}, ...options } = {}) {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.includes(name)));
  const child = spawn(command, args, { stdio: 'inherit', env: { ...inherited, ...env }, ...options });
  const wait = () => {};
  const pass = (signal) => child.kill(signal);
  process.on('SIGINT', wait);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal && signal !== 'SIGINT') log(`${path.basename(command)} was ended by ${signal}.`);
      resolve(code ?? 128 + os.constants.signals[signal]);
    });
  }).finally(() => {
    process.removeListener('SIGINT', wait);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.removeListener(signal, pass);
  });
}

/** Shows what went wrong and what to type; anything unforeseen keeps its stack. */
export function reportFailure(error) {
  if (!(error instanceof SetupError)) throw error;
  log(`\n${error.message}${/[.!?:]$/.test(error.message) ? '' : '.'}`);
  if (error.hint) log(error.hint);
}
