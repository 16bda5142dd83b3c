/** The command line: runs one command, says how it ended, and leaves with the exit code that goes with it. */
import { setImmediate } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { ReceptiveError, reportError } from '../shared/errors.ts';
import type { ErrorCode, ErrorReport } from '../shared/errors.ts';
import { CommandOutput } from './output.ts';
import { buildProgram } from './program.ts';

/** 0 is done, 1 any other failure. */
const exitCodes: Partial<Record<ErrorCode, number>> = { usage: 2, unsupported: 2, interrupted: 130 };

const output = new CommandOutput(asksForJson(process.argv.slice(2)));
let interrupted = false;
/** How an interruption is told; a command may know better what is left of its work. */
let farewell: ErrorReport = { code: 'interrupted', message: 'Interrupted.', hint: '' };

process.on('SIGINT', () => void interrupt());
process.on('uncaughtException', (error) => leave(fail(error)));
// The reader of a pipe has gone (`receptive ... | head`): nothing is left to tell.
process.stdout.on('error', () => process.exit(1));

const outcome = await main();
if (!interrupted) leave(outcome);

async function main(): Promise<number> {
  const program = buildProgram(
    async (file, options) => {
      const fields = await (await file()).run(options, output);
      if (!interrupted) output.done(fields);
    },
    (help) => output.help(help),
  );
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (!interrupted) return fail(error);
    const report = reportError(error);
    if (report.code === 'interrupted') farewell = report;
    return 1;
  }
}

/** Known before the words are read, since reading them may fail. */
function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).includes('--json');
}

/** Says what went wrong; gives the exit code. */
function fail(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // help was asked for and given
  const report = reportError(error instanceof CommanderError ? usageError(error) : error);
  output.error(report);
  if (report.code === 'internal' && error instanceof Error) console.error(error.stack);
  return exitCodes[report.code] ?? 1;
}

function usageError(error: CommanderError): ReceptiveError {
  const message = error.code === 'commander.help' ? 'No command was given.' : error.message.replace(/^error: /, '');
  return new ReceptiveError('usage', message, 'See receptive --help, or receptive help COMMAND.');
}

/** The first Ctrl+C lets the command put things in order; a second one does not wait. */
async function interrupt(): Promise<void> {
  if (!interrupted) {
    interrupted = true;
    await output.endOnInterrupt();
    await setImmediate(); // what the command threw reaches `main`
  }
  output.error(farewell);
  leave(exitCodes.interrupted ?? 1);
}

/** Leaves once stdout has taken everything, whatever else is still open. */
function leave(code: number): void {
  process.stdout.write('', () => process.exit(code));
}
