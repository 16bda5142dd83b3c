/** The engine's process: started by main on the pinned Node, it answers requests over IPC and ends with its channel. */
import { serveEngine } from '../shared/rpc.ts';
import { answer } from './handlers/answer.ts';
import type { EngineContext } from './handlers/context.ts';
import { Folders } from './handlers/folders.ts';
import { createHandlers } from './handlers/index.ts';
import { Jobs } from './handlers/jobs.ts';
import { Models } from './handlers/models.ts';
import { Trainings } from './handlers/trainings.ts';
import { KeptEvaluator } from './evaluation/kept-evaluator.ts';
import { DecoderClient } from './images/decoder-client.ts';
import { OpenProject } from './store/open-project.ts';
import { Thumbnails } from './thumbnails/thumbnails.ts';

if (!process.send) {
  console.error('This is the engine of Receptive; the workbench starts it. For the command line: npm run receptive');
  process.exit(2);
}

const link = serveEngine(process, (name, params) => answer(handlers, name, params));
const { tell } = link;

let decoder: DecoderClient | null = null;
function startDecoder(): DecoderClient {
  decoder = new DecoderClient();
  decoder.onLost((message) => tell('decoder.lost', { message }));
  return decoder;
}

const jobs = new Jobs(tell);
const trainings = new Trainings(tell);
const models = new Models();
const evaluator = new KeptEvaluator('evaluates');
const classifier = new KeptEvaluator('classifies');
const thumbnails = new Thumbnails(() => context.decoder());
const projects: OpenProject = new OpenProject(() => {
  evaluator.close();
  classifier.close();
  return Promise.all([jobs.leave(), folders.leave(), trainings.stopAll(), models.release(), thumbnails.close()]);
});
const folders = new Folders({ projects, jobs, tell, decoder: () => context.decoder() });
const context: EngineContext = {
  projects,
  jobs,
  folders,
  trainings,
  models,
  evaluator,
  classifier,
  thumbnails,
  tell,
  decoder: () => decoder ?? startDecoder(),
};
const handlers = createHandlers(context);

// Ctrl+C in a terminal reaches every process of the group; main decides when to end, and the channel tells.
process.on('SIGINT', () => undefined);

process.on('disconnect', () => {
  // Everything that was acknowledged is on disk, so being killed before this is done loses nothing.
  void projects.closeNow().finally(() => {
    void decoder?.close();
    process.exit(0);
  });
});

tell('engine.state', { state: 'ready' });
