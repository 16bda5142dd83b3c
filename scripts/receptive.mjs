/** The command line: sets up where that is still to be done, then runs the engine's commands on the pinned Node. */
import path from 'node:path';
import { reportFailure, runChild } from './lib/children.mjs';
import { SetupError } from './lib/terminal.mjs';
import { pinnedNode, root, setup } from './setup.mjs';

const words = process.argv.slice(2);
const leave = () => process.exit(130);

process.once('SIGINT', leave);
try {
  await setup('engine');
} catch (error) {
  reportFailure(error);
  if (error instanceof SetupError && words.includes('--json')) {
    console.log(JSON.stringify({ event: 'error', code: 'internal', message: error.message, hint: error.hint }));
  }
  process.exit(1);
}
process.removeListener('SIGINT', leave);
const command = path.join(root, 'src-main/cli/index.ts');
process.exitCode = await runChild(pinnedNode, ['--disable-warning=ExperimentalWarning', command, ...words]);
