/** Answers like the real engine, and does on request what a real one does only when something goes wrong. */
import { serveEngine } from '../../../src-main/shared/rpc.ts';

const opened: unknown[] = [];
const link = serveEngine(process, async (name, params) => {
  if (name === 'project.open' || name === 'project.demo') {
    opened.push({ name, params });
    const { path = '/projects/clothes' } = params as { path?: string };
    if (path === '/crash') process.exit(7);
    if (path === '/missing') {
      return { ok: false, error: { code: 'not-found', message: 'There is no project.', hint: '' } };
    }
    return { ok: true, value: { path } };
  }
  if (name === 'training.start') {
    link.tell('training.started', { runId: 'run-1', name: 'run', epochs: 1, from: null });
    return { ok: true, value: { runId: 'run-1' } };
  }
  if (name === 'images.import') return { ok: true, value: 'job-1' };
  if (name === 'job.cancel') {
    link.tell('job.ended', { jobId: 'job-1', kind: 'import', end: 'stopped', summary: '', error: null });
    return { ok: true, value: undefined };
  }
  if (name === 'engine.doctor') return { ok: true, value: { env: process.env, opened, execArgv: process.execArgv } };
  // Any other request is never answered.
  return new Promise(() => undefined);
});
process.on('disconnect', () => process.exit(0));
link.tell('engine.state', { state: 'ready' });
