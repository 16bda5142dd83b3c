/** A stand-in for the engine's process: the far end of the link, with handlers that a real engine does not have. */
import { serveEngine } from '../../src-main/shared/rpc.ts';

const answers: Record<string, (params: never) => unknown> = {
  echo: (params) => params,
  slow: () => new Promise(() => undefined),
  function: () => () => 1,
  crash: () => process.kill(process.pid, 'SIGKILL'),
  tell: (count: number) => {
    for (let done = 0; done < count; done++) {
      link.tell('job.progress', { jobId: 'a', kind: 'import', done, total: count, etaSeconds: null });
    }
  },
};
const link = serveEngine(process, async (name, params) => ({ ok: true, value: await answers[name]!(params as never) }));
link.tell('engine.state', { state: 'ready' });
process.on('disconnect', () => process.exit(0));
