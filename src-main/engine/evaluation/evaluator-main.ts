/** The process that evaluates and classifies, see evaluator.ts. The engine starts it (evaluator-process.ts); it ends with its channel. */
import '../one-thread-a-kernel.ts'; // before whatever loads TensorFlow, which reads at its start what this sets
import type { Model } from '../graph/model.ts';
import { serveHelper } from '../helper/serve.ts';
import { DecoderClient } from '../images/decoder-client.ts';
import { RunFolder } from '../training/run-folder.ts';
import { weightsVersion } from '../training/weights-version.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluatorFunctions, EvaluatorNews, EvaluatorTold, RunOrder } from './evaluator.ts';

let opened: { key: string; run: RunFolder; model: Model } | null = null;

const decoder = new DecoderClient();
const tell = serveHelper<EvaluatorFunctions, EvaluatorTold>({
  evaluate: ({ files, cacheFolder, ...order }) => {
    const { model, run } = open(order);
    return evaluate(model, run.info, files, {
      decoder,
      cacheFolder,
      onProgress: (done, total) => news('evaluated', { done, total }),
    });
  },
  open: (order) => void open(order),
  predict: ({ pixels, ...order }) => open(order).model.predict(pixels),
});
const news = <N extends keyof EvaluatorNews>(name: N, about: EvaluatorNews[N]) =>
  tell({ name, news: about } as EvaluatorTold);

decoder.onLost((message) => news('decoderLost', message));

function open({ run: path, weights }: RunOrder) {
  const key = `${path} ${weights} ${weightsVersion(path)}`;
  if (opened?.key === key) return opened;
  opened?.model.dispose();
  opened = null;
  const run = RunFolder.open(path);
  opened = { key, run, model: weights === 'best' ? run.loadBestModel() : run.loadModel() };
  return opened;
}
