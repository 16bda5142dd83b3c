import { ReceptiveError } from '../../shared/errors.ts';
import { inputName, inputsOf, layersInUse } from '../../shared/network/graph.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { NamedTensor, Trainer } from '../training/trainer.ts';
import { compile, highestLoss, names } from './compile.ts';
import type { CompiledNetwork } from './compile.ts';
import { fixedGraph } from './fixed.ts';
import { troubleMark } from './gradients.ts';
import type { FetchOptions, ModelOptions } from './model-options.ts';
import { inParts, resultsOf, runInParts } from './parts.ts';
import type { NodeDef } from './proto.ts';
import { Session } from './session.ts';
import type { Feed } from './session.ts';
import { describeTrouble } from './trouble.ts';
import { assigned, valueFeed } from './variables.ts';
import type { Variable } from './variables.ts';

/**
 * Up to so many numbers a model's weights are fixed before it predicts (see fixed.ts). Measured: tiny-vgg's 8,000 take
 * 26 ms, and batches of 32 are then 1.06 times as fast; ResNet-18's 11 million take 1.4 s, and win nothing in batches.
 */
const mostFixedNumbers = 1_000_000;

const predicted = { images: names.pixels, result: names.probabilities };

/**
 * A network with its weights in a TensorFlow session. Pixels are 0 to 255, [batch, height, width, channels] row by row;
 * the batch follows from their number. Call `dispose` when done: the session holds memory outside of JavaScript.
 */
export class Model implements Trainer {
  readonly network: Network;
  readonly classes: number;
  /** Every variable, optimizer slots included. */
  readonly variables: readonly Variable[];
  readonly #compiled: CompiledNetwork;
  readonly #nodes: NodeDef[];
  #session: Session;
  /** The same weights as constants, from the first prediction on until they change. */
  #fixed: Session | null = null;
  /** Everything the session held, while it is given up. */
  #held: NamedTensor[] | null = null;
  readonly #trains: boolean;

  /** Compiles `network`, which must have passed `checkNetwork`, and gives it its first weights. */
  static create(network: Network, classes: number, options: ModelOptions): Model {
    return new Model(network, classes, options);
  }

  private constructor(network: Network, classes: number, options: ModelOptions) {
    const { optimizer, weightDecay = 0, initializer: name = 'glorot', initializerScale: scale = 1 } = options;
    this.network = network;
    this.classes = classes;
    this.#trains = optimizer !== undefined;
    this.#compiled = compile(network, classes, {
      ...options,
      optimizer: optimizer && { name: optimizer, weightDecay },
      kernels: { name, scale },
    });
    this.variables = this.#compiled.variables.list;
    this.#nodes = inParts(this.#compiled.graph.nodes, predicted);
    this.#session = new Session(this.#nodes);
    const initial = this.#compiled.variables.initial;
    try {
      this.#assign(
        this.variables.map(({ name, shape }) => ({ name, shape, values: initial.get(name) as Float32Array })),
      );
      initial.clear();
      if (this.#trains) this.resetMetrics();
    } catch (error) {
      this.#session.dispose();
      throw error;
    }
  }

  /**
   * One optimizer step on the mean cross-entropy of the batch; the metrics add up in the session.
   * @throws ReceptiveError `diverged`, with every variable as it was before, when a number of the step is NaN or infinite
   * or the loss has exploded; it names the first layer in which that shows.
   */
  step(pixels: Uint8Array, labels: Int32Array, learningRate: number): void {
    this.#mustTrain();
    const feeds = { ...this.#images(pixels, labels), [names.learningRate]: scalar(learningRate) };
    try {
      this.#open().execute(feeds, [names.step]);
    } catch (error) {
      if (error instanceof Error && error.message.includes(troubleMark)) throw this.#trouble(pixels, labels);
      throw error;
    }
  }

  /** What went wrong with a batch whose step was refused. The weights are those it met. */
  #trouble(pixels: Uint8Array, labels: Int32Array): ReceptiveError {
    const read = (name: string) => this.fetch(pixels, [name], { training: true, labels })[name]!.values;
    return describeTrouble(this.network, this.variables, read, highestLoss(this.classes));
  }

  /** Means over the training batches as they ran since the last reset; NaN before the first. Loss in nats. */
  readMetrics(): { loss: number; accuracy: number; images: number } {
    this.#mustTrain();
    const [lossSum = 0, correct = 0, images = 0] = this.#fetchOne(names.metrics, {});
    return { loss: lossSum / images, accuracy: correct / images, images };
  }

  resetMetrics(sums: readonly number[] = [0, 0, 0]): void {
    this.#assign([metricsTensor(sums)]);
  }

  /** Sum of the losses, correct answers, images: exactly as float32. */
  metricSums(): number[] {
    this.#mustTrain();
    return [...this.#fetchOne(names.metrics, {})];
  }

  /** In inference mode: sum of the losses in nats, and number of images whose largest logit is at their label. */
  evaluate(pixels: Uint8Array, labels: Int32Array): { lossSum: number; correct: number } {
    const [lossSum = 0, correct = 0] = this.#fetchOne(names.evaluation, this.#images(pixels, labels));
    return { lossSum, correct };
  }

  /** Probabilities [batch, classes], in inference mode. */
  predict(pixels: Uint8Array): Float32Array {
    return runInParts(this.#predicting(), predicted, this.#images(pixels)[names.pixels]!);
  }

  #predicting(): Session {
    const numbers = this.variables.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    // Weights in training change at each step.
    if (this.#trains || numbers > mostFixedNumbers) return this.#open();
    return (this.#fixed ??= new Session(fixedGraph(this.#nodes, this.readWeights(), resultsOf(predicted))));
  }

  #unfix(): void {
    this.#fixed?.dispose();
    this.#fixed = null;
  }

  /**
   * Any tensors by name: `<layer>/output`, `<layer>/output/gradient`, any variable and its `/gradient`, of batch norm
   * `batchMean`, `batchVariance` (biased), `runningMean`, `runningVariance`, and `input/output`, the pixels as the first
   * layers see them. What exists in training only (gradients, batch statistics) is of the training pass in either mode.
   */
  fetch<N extends string>(
    pixels: Uint8Array,
    tensors: readonly N[],
    options: FetchOptions = {},
  ): Record<N, { shape: number[]; values: Float32Array }> {
    const nodes = tensors.map((name) => this.#find(name, options.training ?? false));
    if (options.labels === undefined && tensors.some((name) => name.endsWith('/gradient'))) {
      throw new ReceptiveError('internal', 'Gradients are of the loss: labels are needed to fetch them.');
    }
    const plain = options.plain ? this.#plain(pixels, options.labels) : {};
    const fetched = this.#open().run({ ...this.#images(pixels, options.labels), ...plain }, nodes);
    const entries = tensors.map((name, i) => [name, fetched[i]]);
    return Object.fromEntries(entries) as Record<N, { shape: number[]; values: Float32Array }>;
  }

  /**
   * In inference mode, of `inputs`, which are what the first layers see, [batch, height, width, channels]: any tensor of
   * the inference pass by name, and the gradients of the sum of `weights` times the output of the layer `of`, both
   * [batch, ...shape] (without it of the last, the logits): `<layer>/output/gradient` of layers before it,
   * `input/output/gradient`, `<layer>/inputs/<n>/gradient`, and that of a variable by its name. For models without an
   * optimizer.
   */
  explain<N extends string>(
    inputs: Float32Array,
    weights: Float32Array,
    tensors: readonly N[],
    of = this.network.layers.at(-1)!.name,
  ): Record<N, { shape: number[]; values: Float32Array }> {
    const { shapes } = this.#compiled;
    const batch = inputs.length / sizeOf(shapes.get(inputName)!);
    const feed = (name: string, values: Float32Array): Feed => ({ shape: [batch, ...shapes.get(name)!], values });
    const feeds: Record<string, Feed> = {
      [`${inputName}/output`]: feed(inputName, inputs),
      [`${names.explained}${of}/output/arriving`]: feed(of, weights),
    };
    for (const { name, from } of edgesBeside(this.network, of)) {
      feeds[`${names.explained}${name}`] = feed(from, new Float32Array(batch * sizeOf(shapes.get(from)!)));
    }
    const nodes = tensors.map((name) => (name.endsWith('/gradient') ? `${names.explained}${name}` : name));
    const unknown = nodes.find((node) => !this.#compiled.graph.has(node));
    if (unknown !== undefined) throw new ReceptiveError('internal', `The model has no tensor called "${unknown}".`);
    const fetched = this.#open().run(feeds, nodes);
    return Object.fromEntries(tensors.map((name, i) => [name, fetched[i]])) as Record<
      N,
      { shape: number[]; values: Float32Array }
    >;
  }

  /** Whether it has a node of that very name. */
  has(node: string): boolean {
    return this.#compiled.graph.has(node);
  }

  /** In the place of what augmentation makes of a batch, itself; nothing where training does not augment. */
  #plain(pixels: Uint8Array, labels?: Int32Array): Record<string, Feed> {
    const input = `${inputName}/output`;
    if (!this.has(`${names.training}${input}`)) return {};
    const feeds = { [`${names.training}${input}`]: this.fetch(pixels, [input])[input] as Feed };
    if (!labels || !this.has(names.targets)) return feeds;
    const targets = new Float32Array(labels.length * this.classes);
    labels.forEach((label, image) => (targets[image * this.classes + label] = 1));
    return { ...feeds, [names.targets]: { shape: [labels.length, this.classes], values: targets } };
  }

  #find(name: string, training: boolean): string {
    const inTraining = `${names.training}${name}`;
    const candidates = training ? [inTraining, name] : [name, inTraining];
    const found = candidates.find((node) => this.#compiled.graph.has(node));
    if (found === undefined) throw new ReceptiveError('internal', `The model has no tensor called "${name}".`);
    return found;
  }

  /** Every variable, optimizer slots and the step counter included, in the order of `variables`. */
  readWeights(): NamedTensor[] {
    const values = this.#open().run(
      {},
      this.variables.map(({ name }) => name),
    );
    return this.variables.map(({ name, shape }, i) => ({ name, shape, values: values[i]?.values as Float32Array }));
  }

  /**
   * Sets every variable. A model without an optimizer passes over slots and counter, which it does not have; anything
   * else missing, unknown or of another shape throws `invalid-model` and changes nothing.
   */
  writeWeights(weights: readonly NamedTensor[]): void {
    const given = new Map(weights.map((tensor) => [tensor.name, tensor]));
    const chosen = this.variables.map(({ name, shape }) => {
      const tensor = given.get(name);
      given.delete(name);
      if (tensor === undefined) throw invalid(`The weights lack "${name}".`);
      const size = sizeOf(shape);
      if (tensor.shape.join() !== shape.join() || tensor.values.length !== size) {
        throw invalid(`"${name}" has shape [${tensor.shape.join(', ')}], but the network needs [${shape.join(', ')}].`);
      }
      return tensor;
    });
    const unknown = [...given.keys()].find((name) => this.#trains || !isOptimizerState(name));
    if (unknown !== undefined) throw invalid(`The network has no variable called "${unknown}".`);
    this.#unfix();
    this.#assign(chosen);
  }

  /** Frees what TensorFlow holds for the model; whatever is asked of it next takes it again. */
  suspend(): void {
    if (this.#held) return;
    this.#unfix();
    this.#held = [...this.readWeights(), ...(this.#trains ? [metricsTensor(this.metricSums())] : [])];
    this.#session.dispose();
  }

  dispose(): void {
    this.#held = null;
    this.#unfix();
    this.#session.dispose();
  }

  #open(): Session {
    if (!this.#held) return this.#session;
    const held = this.#held;
    this.#held = null;
    this.#session = new Session(this.#nodes);
    this.#assign(held);
    return this.#session;
  }

  #assign(tensors: readonly NamedTensor[]): void {
    const feeds = tensors.map(({ name, shape, values }) => [valueFeed(name), { shape, values }]);
    this.#open().execute(
      Object.fromEntries(feeds) as Record<string, Feed>,
      tensors.map(({ name }) => assigned(name)),
    );
  }

  #fetchOne(name: string, feeds: Record<string, Feed>): Float32Array {
    const [fetched] = this.#open().run(feeds, [name]);
    return fetched?.values as Float32Array;
  }

  #images(pixels: Uint8Array, labels?: Int32Array): Record<string, Feed> {
    const { size, channels } = this.network.input;
    const batch = pixels.length / (size[0] * size[1] * channels);
    if (!Number.isInteger(batch) || batch === 0 || (labels !== undefined && labels.length !== batch)) {
      const images = `[${size.join(', ')}, ${channels}]`;
      throw new ReceptiveError(
        'internal',
        `${pixels.length} pixel values and ${labels?.length ?? 0} labels are no batch of images ${images}.`,
      );
    }
    const feeds: Record<string, Feed> = { [names.pixels]: { shape: [batch, ...size, channels], values: pixels } };
    if (labels !== undefined) feeds[names.labels] = { shape: [batch], values: labels };
    return feeds;
  }

  #mustTrain(): void {
    if (!this.#trains)
      throw new ReceptiveError('internal', 'The model was made without an optimizer: it cannot train.');
  }
}

const metricsTensor = (sums: readonly number[]): NamedTensor => ({
  name: names.metrics,
  shape: [3],
  values: Float32Array.from(sums),
});

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/**
 * The gradients that come to what `of` depends on from layers beside it, by name, and the layer each is for. They are 0, and
 * are fed as such: computed, they would cost the whole network, and broken weights there would make NaN of them.
 */
function edgesBeside(network: Network, of: string): { name: string; from: string }[] {
  const before = layersInUse(network, of);
  const sources = inputsOf(network);
  return network.layers.flatMap(({ name }, index) => {
    if (before.has(name)) return [];
    return sources[index]!.flatMap((from, i) =>
      from === inputName || (before.has(from) && from !== of) ? [{ name: `${name}/inputs/${i}/gradient`, from }] : [],
    );
  });
}

const scalar = (value: number): Feed => ({ shape: [], values: Float32Array.of(value) });

const isOptimizerState = (name: string): boolean => name === names.iterations || name.split('/').length > 2;

function invalid(message: string): ReceptiveError {
  return new ReceptiveError('invalid-model', message, 'The weights belong to another network, or the file is damaged.');
}
