/** Beside a failed test: what the app wrote to its terminal, without which a failure elsewhere cannot be explained. */
import { afterEach } from 'vitest';
import { runningApps } from './harness.ts';

afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const app of runningApps) console.error(`When “${task.name}” failed, the app had written:\n${app.output()}`);
});
