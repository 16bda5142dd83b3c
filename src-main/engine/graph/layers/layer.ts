import type { LayerKind, LayerOf, Shape } from '../../../shared/network/spec.ts';
import type { Random } from '../../../shared/random.ts';
import type { GraphBuilder, TensorName } from '../builder.ts';

/** A tensor of the graph; its shape is without the batch, which comes first in TensorFlow. */
export interface Tensor<S extends Shape = Shape> {
  name: TensorName;
  shape: S;
}

export type Maps = Tensor<[number, number, number]>;

/** How a variable starts: the values of `shape`, row by row. */
export type Initializer = (shape: number[], random: Random) => Float32Array;

export interface VariableReference {
  /** The variable's value, read once a run. */
  value: TensorName;
  /** What assigning nodes take as input. */
  handle: TensorName;
}

/** What a layer has at hand while one pass (inference or training) through it is being built. */
export interface LayerContext {
  graph: GraphBuilder;
  training: boolean;
  /** Shape of the layer's output. */
  outputShape: Shape;
  /** The variable `<layer>/<field>`, the same one in both passes. */
  variable(field: string, shape: number[], initializer: Initializer, trainable?: boolean): VariableReference;
  /** How a kernel begins of which `fanIn` numbers add up to one output. */
  kernelStart(fanIn: number): Initializer;
  /** Makes `tensor` fetchable as `<layer>/<field>` (of this pass). */
  expose(field: string, tensor: TensorName): void;
  /** Scalars, known when the graph runs: images in the batch, and training steps done before this one. */
  batch(): TensorName;
  iterations(): TensorName;
  /** A number drawn from the run's seed and the layer's name. */
  layerSeed(): number;
}

/** Gradients of the loss by a layer's inputs (in their order) and by its trainable variables (by field). */
export interface LayerGradients {
  inputs: TensorName[];
  variables?: Record<string, TensorName>;
}

export interface BuiltLayer {
  output: TensorName;
  /** Adds the backward nodes; `gradient` is that of the loss by the output, summed over the output's users. */
  backward(gradient: TensorName): LayerGradients;
  /** Nodes that a training step runs besides the optimizer's, such as moving statistics. */
  updates?: TensorName[];
}

/** Adds a layer's nodes for one pass. The network has been checked: inputs have the shapes that the kind takes. */
export type LayerBuilder<K extends LayerKind> = (
  context: LayerContext,
  layer: LayerOf<K>,
  inputs: Tensor[],
) => BuiltLayer;

export function onlyInput(inputs: Tensor[]): Tensor {
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) throw new Error(`Expected one input, got ${inputs.length}.`);
  return input;
}

export function mapsInput(inputs: Tensor[]): Maps {
  const { name, shape } = onlyInput(inputs);
  if (shape.length !== 3) throw new Error(`Expected [height, width, channels], got [${shape.join(', ')}].`);
  return { name, shape };
}
