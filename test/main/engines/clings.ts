/** Does not end with its channel. */
import { serveEngine } from '../../../src-main/shared/rpc.ts';

const link = serveEngine(process, () => Promise.resolve({ ok: true, value: undefined }));
process.on('SIGTERM', () => undefined);
setInterval(() => undefined, 1_000);
link.tell('engine.state', { state: 'ready' });
