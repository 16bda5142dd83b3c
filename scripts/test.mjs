/**
 * Sets up, then runs all tests: first those of the engine and the page, then those that drive the real window, which get
 * a screen of their own (Xvfb). `--soak` repeats the crash tests as often as the design promises. The last line says how
 * many passed and failed. Words after `--` go to vitest (for the first part only).
 */
import fs from 'node:fs';
import path from 'node:path';
import { buildApp } from './lib/build.mjs';
import { reportFailure, runChild } from './lib/children.mjs';
import { SetupError, log } from './lib/terminal.mjs';
import { onPath } from './lib/system.mjs';
import { pinnedNode, root, setup } from './setup.mjs';

const words = process.argv.slice(2).filter((word) => word !== '--soak');
const env = process.argv.includes('--soak') ? { RECEPTIVE_SOAK: '1' } : {};
const results = path.join(root, '.build');

let passed = 0;
let failed = 0;
try {
  await setup('engine');
  await runTests(['unit', 'renderer'], words);
  if (words.length === 0) await runWindowTests();
} catch (error) {
  failed += 1;
  reportFailure(error);
}
if (passed + failed === 0) log('No test was run.');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** They need more of the machine (Electron's libraries, Xvfb); what is missing fails here, after the other tests ran. */
async function runWindowTests() {
  await setup('tests');
  await buildApp({ root, node: pinnedNode });
  await runTests(['e2e']);
}

async function runTests(projects, filters = []) {
  const file = path.join(results, `test-${projects.join('-')}.json`);
  fs.rmSync(file, { force: true });
  const vitest = [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...projects.flatMap((name) => ['--project', name]),
    ...filters,
  ];
  const command = [pinnedNode, ...vitest, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  if (projects.includes('e2e') && onPath('xvfb-run')) command.unshift('xvfb-run', '-a', '-s', '-screen 0 1600x1000x24');
  const code = await runChild(command[0], command.slice(1), { cwd: root, env });
  if (code === 130) process.exit(code);
  const counts = count(file);
  passed += counts.passed;
  failed += counts.failed;
  // vitest also fails for what no test stands for, such as an error after the tests.
  if (code !== 0 && counts.failed === 0) failed += 1;
}

/** Tests by their end; a file that could not even be loaded counts as one failed test. */
function count(file) {
  if (!fs.existsSync(file)) throw new SetupError('vitest ended without a result');
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const unloaded = testResults.filter((result) => result.status === 'failed' && result.assertionResults.length === 0);
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
}
