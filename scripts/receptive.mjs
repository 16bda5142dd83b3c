/**
 * The command line: sets up where that is still to be done, then runs the engine's commands on the pinned Node.
 * package.json starts this with `exec`: the shell in between would die of an interrupt, and npm would report that
 * instead of the exit code.
 */
import path from 'node:path';
import { reportFailure, runChild } from './lib/children.mjs';
import { SetupError } from './lib/terminal.mjs';
import { pinnedNode, root, setup } from './setup.mjs';

const words = process.argv.slice(2);

process.once('SIGINT', interrupted);
try {
  await setup('engine');
} catch (error) {
  reportFailure(error);
  if (error instanceof SetupError) tell('internal', error.message, error.hint);
  process.exit(1);
}
process.removeListener('SIGINT', interrupted);
const command = path.join(root, 'src-main/cli/index.ts');
process.exit(await runChild(pinnedNode, ['--disable-warning=ExperimentalWarning', command, ...words]));

function interrupted() {
  tell('interrupted', 'Interrupted while setting up.', 'Run the same command again; set-up goes on from there.');
  process.exit(130);
}

/** As the commands themselves do: with --json, stdout ends in one line that says how it ended. */
function tell(code, message, hint) {
  if (words.includes('--json')) process.stdout.write(`${JSON.stringify({ event: 'error', code, message, hint })}\n`);
}
