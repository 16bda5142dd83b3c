/**
 * The network as one TensorFlow graph: the inference pass under plain names (`conv1/output`), the training pass with its
 * gradients under hidden ones (`.training/conv1/output`), and both on the same variables.
 */
import { inputName, inputsOf, topologicalOrder } from '../../shared/network/graph.ts';
import { describeNetwork } from '../../shared/network/index.ts';
import { outputShape } from '../../shared/network/shapes.ts';
import type { Layer, Network, Shape } from '../../shared/network/spec.ts';
import { isAugmented } from '../../shared/augmentation.ts';
import type { Augmentation } from '../../shared/augmentation.ts';
import type { Normalisation } from '../../shared/preprocessing.ts';
import { recordedTensors, tensorOf } from '../../shared/inspect/spread-history.ts';
import { createRandom } from '../../shared/random.ts';
import { augment } from './augment/index.ts';
import { backward } from './backward.ts';
import type { BackwardWalk } from './backward.ts';
import { attr, float, GraphBuilder, int32 } from './builder.ts';
import type { TensorName } from './builder.ts';
import { clipByNorm, globalNorm, numbersGate } from './gradients.ts';
import { buildLayer } from './layers/index.ts';
import { kernelInitializer, zeros } from './layers/initializers.ts';
import type { KernelStart } from './layers/initializers.ts';
import type { BuiltLayer, LayerContext, Tensor, VariableReference } from './layers/layer.ts';
import { crossEntropy, oneHot, pack, trainingLoss } from './loss.ts';
import { applyGradients } from './optimizers.ts';
import type { OptimizerSettings } from './optimizers.ts';
import { DataType } from './proto.ts';
import { addSample, mostLookImages } from './samples.ts';
import { addVariable, Variables } from './variables.ts';

/** Names of the graph's fixed tensors. None can be a layer's: those start with a letter or digit and hold a "/". */
export const names = {
  pixels: '.pixels', // uint8 [batch, height, width, channels]
  labels: '.labels', // int32 [batch]
  learningRate: '.learningRate', // float scalar
  /** Fetching it does one training step. */
  step: '.step',
  /** Variable [3]: sum of losses, correct answers, images since it was last set to 0. */
  metrics: '.metrics',
  /** [sum of losses, correct answers] of the batch in inference mode. */
  evaluation: '.evaluation',
  probabilities: '.probabilities', // [batch, classes], inference mode
  iterations: 'iterations',
  training: '.training/',
  /** Gradients through the inference pass of whatever is fed as `<explained><layer>/output/arriving`. */
  explained: '.explained/',
  /** Of augmented training: the targets [batch, classes]. */
  targets: '.training/targets',
} as const;

/**
 * The mean loss of a batch, in nats, from which on it counts as exploded: a thousand times that of guessing, ln(classes).
 * No training comes back from there by itself.
 */
export const highestLoss = (classes: number): number => 1000 * Math.log(Math.max(classes, 2));

export interface CompileOptions {
  seed: number;
  /** Without one there is no training step. */
  optimizer?: OptimizerSettings;
  /** Of the training loss; see `trainingLoss`. */
  labelSmoothing?: number;
  classWeights?: readonly number[] | null;
  /** How kernels begin: Glorot uniform without it. */
  kernels?: KernelStart;
  /** Gradients are shortened to this global norm; 0 leaves them as they are. */
  clipNorm?: number;
  /** What the layers see of pixels from 0 to 1; the pixels as they are without it. */
  normalisation?: Normalisation;
  /** What is done to training images; nothing without it. */
  augmentation?: Augmentation;
}

export interface CompiledNetwork {
  graph: GraphBuilder;
  variables: Variables;
  /** Of each layer's output, and of the image as "input", without the batch. */
  shapes: ReadonlyMap<string, Shape>;
}

interface Pass {
  /** By layer name. */
  layers: Map<string, BuiltLayer>;
  /** By layer name, and of the image. */
  shapes: ReadonlyMap<string, Shape>;
  logits: TensorName;
}

/** Compiles a network that has been checked. */
export function compile(network: Network, classes: number, options: CompileOptions): CompiledNetwork {
  return new Compiler(network, classes, options).compile();
}

class Compiler {
  readonly #graph = new GraphBuilder();
  readonly #variables: Variables;
  readonly #network: Network;
  readonly #classes: number;
  readonly #options: CompileOptions;
  readonly #order: { layer: Layer; from: string[] }[];
  readonly #labels: TensorName;
  readonly #input: Tensor;
  readonly #shared = new Map<string, TensorName>();

  constructor(network: Network, classes: number, options: CompileOptions) {
    this.#network = network;
    this.#classes = classes;
    this.#options = options;
    this.#variables = new Variables(this.#graph, options.seed);
    const sources = inputsOf(network);
    this.#order = topologicalOrder(network).map((index) => ({
      layer: network.layers[index] as Layer,
      from: sources[index] as string[],
    }));
    this.#labels = this.#graph.placeholder(names.labels, DataType.int32, [-1]);
    this.#input = this.#scaledPixels();
  }

  compile(): CompiledNetwork {
    const graph = this.#graph;
    const inference = this.#pass(false, this.#normalised(this.#input.name, `${inputName}/output`));
    const { lossSum, correct } = crossEntropy(graph, inference.logits, this.#labels);
    pack(graph, [lossSum, correct], names.evaluation);
    graph.unary('Softmax', inference.logits, names.probabilities);
    // What trains is not looked into: that is done with its checkpoints.
    if (this.#options.optimizer === undefined) this.#explain(inference);
    this.#train();
    return { graph, variables: this.#variables, shapes: inference.shapes };
  }

  /** [batch, height, width, channels], 0 to 1. */
  #scaledPixels(): Tensor {
    const graph = this.#graph;
    const { size, channels } = this.#network.input;
    const pixels = graph.placeholder(names.pixels, DataType.uint8, [-1, ...size, channels]);
    const floats = graph.cast(pixels, DataType.uint8, DataType.float);
    return { name: graph.binary('RealDiv', floats, graph.scalar(255)), shape: [...size, channels] };
  }

  /** What the first layers see of those images, under the name `name`. */
  #normalised(images: TensorName, name: string): Tensor {
    const graph = this.#graph;
    const { shape } = this.#input;
    const { normalisation } = this.#options;
    if (normalisation === undefined) return { name: graph.identity(images, name), shape };
    const { mean, deviation } = normalisation;
    const centred = graph.binary('Sub', images, graph.floats(mean, [mean.length]));
    return { name: graph.binary('RealDiv', centred, graph.floats(deviation, [deviation.length]), name), shape };
  }

  /** The batch as training sees it, and its targets [batch, classes] where they are no plain labels. */
  #augmented(): { input: Tensor; targets: TensorName | null } {
    const strengths = this.#options.augmentation;
    const plain = { name: `${inputName}/output`, shape: this.#input.shape };
    if (strengths === undefined || !isAugmented(strengths)) return { input: plain, targets: null };
    const graph = this.#graph;
    const { size, channels } = this.#network.input;
    const labels = oneHot(graph, this.#labels, this.#classes);
    const source = { graph, seed: this.#options.seed, step: this.#iterations().value, batch: this.#batchShape() };
    const changed = augment(source, { name: this.#input.name, size, channels }, labels, strengths);
    const input = this.#normalised(changed.images, `${names.training}${inputName}/output`);
    return { input, targets: changed.targets === labels ? null : graph.identity(changed.targets, names.targets) };
  }

  #pass(training: boolean, input: Tensor): Pass {
    const tensors = new Map([[inputName, input]]);
    const layers = new Map<string, BuiltLayer>();
    const prefix = training ? names.training : '';
    for (const { layer, from } of this.#order) {
      const inputs = from.map((name) => tensors.get(name) as Tensor);
      const shapes = inputs.map((input) => input.shape);
      const shape = outputShape(layer, shapes, this.#classes);
      const context = this.#context(layer, shape, prefix);
      const built = buildLayer(context, layer, inputs);
      context.expose('output', built.output);
      layers.set(layer.name, built);
      tensors.set(layer.name, { name: built.output, shape });
    }
    const last = this.#network.layers.at(-1) as Layer;
    const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
    return { layers, shapes, logits: (tensors.get(last.name) as Tensor).name };
  }

  #context(layer: Layer, shape: Tensor['shape'], prefix: string): LayerContext {
    const graph = this.#graph;
    return {
      graph,
      training: prefix !== '',
      outputShape: shape,
      variable: (field, variableShape, initializer, trainable = true) =>
        this.#variables.get(
          {
            name: `${layer.name}/${field}`,
            shape: variableShape,
            role: trainable ? 'weight' : 'statistic',
            layer: layer.name,
            trainable,
          },
          initializer,
        ),
      kernelStart: (fanIn) => kernelInitializer(this.#options.kernels ?? { name: 'glorot', scale: 1 }, fanIn),
      expose: (field, tensor) => void graph.identity(tensor, `${prefix}${layer.name}/${field}`),
      batch: () => this.#batch(),
      iterations: () => this.#iterations().value,
      layerSeed: () => createRandom(this.#options.seed, layer.name).int(2 ** 31),
    };
  }

  /** Images in the batch, float scalar. */
  #batch(): TensorName {
    return this.#once('batch', () => {
      const count = this.#graph.node('Squeeze', [this.#batchShape()], { T: int32, squeeze_dims: attr.ints([0]) });
      return this.#graph.cast(count, DataType.int32, DataType.float);
    });
  }

  /** Images in the batch, int32 [1]. */
  #batchShape(): TensorName {
    return this.#once('batchShape', () => {
      const graph = this.#graph;
      const shape = graph.node('Shape', [names.pixels], { T: attr.type(DataType.uint8), out_type: int32 });
      return graph.node('Slice', [shape, graph.ints([0]), graph.ints([1])], { T: int32, Index: int32 });
    });
  }

  /** Training steps done, a variable. */
  #iterations(): VariableReference {
    return this.#variables.get({ name: names.iterations, shape: [], role: 'counter', trainable: false }, zeros);
  }

  #once(key: string, make: () => TensorName): TensorName {
    const tensor = this.#shared.get(key) ?? make();
    this.#shared.set(key, tensor);
    return tensor;
  }

  #walk({ layers, shapes }: Pass, prefix: string): BackwardWalk {
    return { graph: this.#graph, variables: this.#variables, order: this.#order, layers, shapes, prefix };
  }

  /** Gradients through the inference pass, which begin at any layer: its own is fed. */
  #explain(pass: Pass): void {
    const feeding = new Set(this.#order.flatMap(({ from }) => from));
    const ends = this.#order.flatMap(({ layer: { name } }) => (feeding.has(name) ? [] : [name]));
    const begin = (name: string): TensorName =>
      this.#graph.placeholder(`${names.explained}${name}`, DataType.float, [-1, ...pass.shapes.get(name)!]);
    backward(this.#walk(pass, names.explained), new Map(ends.map((name) => [name, [begin(name)]])));
  }

  #train(): void {
    const graph = this.#graph;
    const { input, targets } = this.#augmented();
    const pass = this.#pass(true, input);
    const { labelSmoothing = 0, classWeights = null } = this.#options;
    const rules = { classes: this.#classes, targets, labelSmoothing, classWeights };
    const loss = trainingLoss(graph, pass.logits, this.#labels, rules);
    const last = this.#network.layers.at(-1) as Layer;
    const { gradients, updates } = backward(
      this.#walk(pass, ''),
      new Map([[last.name, [loss.gradient(this.#batch())]]]),
    );
    const optimizer = this.#options.optimizer;
    if (optimizer === undefined) return;

    const iterations = this.#iterations();
    const step = graph.binary('AddV2', iterations.value, graph.scalar(1));
    const norm = globalNorm(
      graph,
      gradients.map(({ gradient }) => gradient),
    );
    const weights = globalNorm(
      graph,
      gradients.map(({ reference }) => reference.value),
    );
    const numbers = { lossSum: loss.lossSum, batch: this.#batch(), norms: [norm, weights] };
    const gate = numbersGate(graph, numbers, highestLoss(this.#classes));
    const rate = graph.placeholder(names.learningRate, DataType.float, []);
    const learningRate = graph.node('Identity', [rate], { T: float }, { after: [gate] });
    const context = { graph, variables: this.#variables, learningRate, step };
    const counted = graph.node('AssignVariableOp', [iterations.handle, step], { dtype: float });
    const metrics = addVariable(graph, names.metrics, [3]);
    const batchMetrics = pack(graph, [loss.lossSum, loss.correct, this.#batch()]);
    const measured = graph.node('AssignAddVariableOp', [metrics.handle, batchMetrics], { dtype: float });
    for (const update of [...updates, counted, measured]) graph.runAfter(update, gate);
    const { clipNorm = 0 } = this.#options;
    const used = clipNorm === 0 ? gradients : clipByNorm(graph, gradients, norm, clipNorm);
    graph.barrier(names.step, [...applyGradients(context, optimizer, used), ...updates, counted, measured]);
    this.#samples();
  }

  /** For what a run records while it trains; a step has no part in it. */
  #samples(): void {
    const rows = describeNetwork(this.#network, this.#classes).layers;
    const shapes = new Map(rows.map(({ name, outputShape }) => [name, outputShape]));
    for (const recorded of recordedTensors(this.#network)) {
      const { layer, field, isGradient } = recorded;
      const isOutput = field === 'output';
      const name = tensorOf(recorded);
      const shape = isOutput
        ? [mostLookImages, ...shapes.get(layer)!]
        : this.#variables.find(`${layer}/${field}`).variable.shape;
      const size = shape.reduce((product, length) => product * length, 1);
      addSample(this.#graph, isOutput && !isGradient ? `${names.training}${name}` : name, name, size);
    }
  }
}
