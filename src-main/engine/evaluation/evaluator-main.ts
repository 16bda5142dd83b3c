/** The process that evaluates and classifies, see evaluator.ts. The engine starts it (evaluator-process.ts); it ends with its channel. */
import '../one-thread-a-kernel.ts'; // before whatever loads TensorFlow, which reads at its start what this sets
import { serveHelper } from '../helper/serve.ts';
import { DecoderClient } from '../images/decoder-client.ts';
import { RunFolder } from '../training/run-folder.ts';
import { classifyFiles } from './classify.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluatorFunctions, EvaluatorNews, EvaluatorTold, RunOrder } from './evaluator.ts';

const decoder = new DecoderClient();
const tell = serveHelper<EvaluatorFunctions, EvaluatorTold>({
  evaluate: ({ files, cacheFolder, ...order }) => {
    const { model, info } = open(order);
    return evaluate(model, info, files, {
      decoder,
      cacheFolder,
      onProgress: (done, total) => news('evaluated', { done, total }),
    });
  },
  classify: ({ files, top, ...order }) => {
    const { model, info } = open(order);
    return classifyFiles(model, info, files, top, decoder, (results) => news('classified', results));
  },
});
const news = <N extends keyof EvaluatorNews>(name: N, about: EvaluatorNews[N]) =>
  tell({ name, news: about } as EvaluatorTold);

decoder.onLost((message) => news('decoderLost', message));

function open({ run: path, weights }: RunOrder) {
  const run = RunFolder.open(path);
  return { info: run.info, model: weights === 'best' ? run.loadBestModel() : run.loadModel() };
}
