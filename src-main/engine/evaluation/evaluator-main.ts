/** The process that evaluates and classifies, see evaluator.ts. The engine starts it (evaluator-process.ts); it ends with its channel. */
import '../one-thread-a-kernel.ts'; // before whatever loads TensorFlow, which reads at its start what this sets
import type { Model } from '../graph/model.ts';
import { serveHelper } from '../helper/serve.ts';
import { DecoderClient } from '../images/decoder-client.ts';
import { checkNorms } from '../inspection/batch-norm.ts';
import { loadInspectionBatch } from '../inspection/inspection-batch.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import { RunFolder } from '../training/run-folder.ts';
import { weightsVersion } from '../training/weights-version.ts';
import { Turns } from '../turns.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluatorFunctions, EvaluatorNews, EvaluatorTold, RunOrder } from './evaluator.ts';

interface Opened {
  key: string;
  run: RunFolder;
  model: Model;
}

let opened: Opened | null = null;
/** None loses its model midway. */
const turns = new Turns();

const decoder = new DecoderClient();
const tell = serveHelper<EvaluatorFunctions, EvaluatorTold>({
  evaluate: ({ files, cacheFolder, ...order }) =>
    use(order, ({ model, run }) =>
      evaluate(model, run.info, files, {
        decoder,
        cacheFolder,
        onProgress: (done, total) => news('evaluated', { done, total }),
      }),
    ),
  checkNorms: (order) =>
    use(order, async ({ model, run: { info } }) => {
      const batch = await loadInspectionBatch(info, decoder);
      return batch && checkNorms(model, parseNetwork(info.network), batch);
    }),
  open: (order) => use(order, () => undefined),
  predict: ({ pixels, ...order }) => use(order, ({ model }) => model.predict(pixels)),
});
const news = <N extends keyof EvaluatorNews>(name: N, about: EvaluatorNews[N]) =>
  tell({ name, news: about } as EvaluatorTold);

decoder.onLost((message) => news('decoderLost', message));

function use<T>(order: RunOrder, work: (opened: Opened) => T | Promise<T>): Promise<T> {
  return turns.take(() => work(open(order)));
}

function open({ run: path, weights }: RunOrder): Opened {
  const key = `${path} ${weights} ${weightsVersion(path)}`;
  if (opened?.key === key) return opened;
  opened?.model.dispose();
  opened = null;
  const run = RunFolder.open(path);
  opened = { key, run, model: weights === 'best' ? run.loadBestModel() : run.loadModel() };
  return opened;
}
