/** The same network as a TensorFlow.js layers model, for the export and as the tests' oracle. */
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { ReceptiveError } from '../../shared/errors.ts';
import { checkNetwork, inputsOf, resolvePadding, topologicalOrder, windowOf } from '../../shared/network/index.ts';
import type { Layer, LayerOf, Network, Padding, Pair, Shape } from '../../shared/network/spec.ts';
import { leakyReluSlope } from '../graph/layers/activation.ts';
import { tf } from '../tensorflow.ts';

/** What a layer of the network needs to become one of TensorFlow.js. */
interface Place {
  inputs: SymbolicTensor[];
  /** A list of shapes for add and concat. */
  inputShape: Shape | Shape[];
  classes: number;
}

/**
 * A tf.layers model: float32 pixels 0 to 255, [batch, height, width, channels], to probabilities [batch, classes].
 * Layers keep their names, so weights go by name.
 * @throws ReceptiveError `unsupported` for a layer that TensorFlow.js has no equal of.
 */
export function buildLayersModel(network: Network, classes: number): LayersModel {
  const [height, width] = network.input.size;
  const pixels = tf.input({ shape: [height, width, network.input.channels], name: 'pixels' });
  const outputs = new Map([['input', apply(tf.layers.rescaling({ scale: 1 / 255, name: 'scale' }), [pixels])]]);
  const sources = inputsOf(network);
  const figures = checkNetwork(network, classes);
  for (const index of topologicalOrder(network)) {
    const layer = network.layers[index]!;
    const inputs = sources[index]!.map((name) => outputs.get(name)!);
    const inputShape = figures[index]!.inputShape as Shape;
    outputs.set(layer.name, addLayer(layer, { inputs, inputShape, classes }));
  }
  const logits = outputs.get(network.layers.at(-1)!.name)!;
  return tf.model({ inputs: pixels, outputs: apply(tf.layers.softmax({ name: 'probabilities' }), [logits]) });
}

function addLayer(layer: Layer, place: Place): SymbolicTensor {
  const { name } = layer;
  const { inputs } = place;
  switch (layer.kind) {
    case 'conv2d': {
      const { filters, kernelSize, strides, dilationRate, useBias } = layer;
      const { padding, padded } = padForConvolution(layer, place);
      return apply(tf.layers.conv2d({ name, filters, kernelSize, strides, padding, dilationRate, useBias }), [padded]);
    }
    case 'depthwiseConv2d': {
      const { kernelSize, strides, depthMultiplier, useBias } = layer;
      const { padding, padded } = padForConvolution(layer, place);
      return apply(tf.layers.depthwiseConv2d({ name, kernelSize, strides, padding, depthMultiplier, useBias }), [
        padded,
      ]);
    }
    case 'batchNorm':
      return apply(tf.layers.batchNormalization({ name, momentum: layer.momentum, epsilon: layer.epsilon }), inputs);
    case 'activation':
      return apply(activation(layer), inputs);
    case 'maxPool':
      return apply(tf.layers.maxPooling2d({ name, ...poolArguments(layer, place) }), inputs);
    case 'avgPool':
      return apply(tf.layers.averagePooling2d({ name, ...poolArguments(layer, place) }), inputs);
    case 'globalAvgPool':
      return apply(tf.layers.globalAveragePooling2d({ name, dataFormat: 'channelsLast' }), inputs);
    case 'globalMaxPool':
      return apply(tf.layers.globalMaxPooling2d({ name, dataFormat: 'channelsLast' }), inputs);
    case 'flatten':
      return apply(tf.layers.flatten({ name }), inputs);
    case 'dense': {
      const units = layer.units === 'classes' ? place.classes : layer.units;
      return apply(tf.layers.dense({ name, units, useBias: layer.useBias }), inputs);
    }
    case 'dropout':
      return apply(tf.layers.dropout({ name, rate: layer.rate }), inputs);
    case 'add':
      return inputs.length === 1 ? inputs[0]! : apply(tf.layers.add({ name }), inputs);
    case 'concat':
      return inputs.length === 1 ? inputs[0]! : apply(tf.layers.concatenate({ name, axis: -1 }), inputs);
  }
}

function apply(layer: { apply(inputs: SymbolicTensor | SymbolicTensor[]): unknown }, inputs: SymbolicTensor[]) {
  return layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as SymbolicTensor;
}

function activation({ name, function: kind }: LayerOf<'activation'>) {
  if (kind === 'leakyRelu') return tf.layers.leakyReLU({ name, alpha: leakyReluSlope });
  const identifier = kind === 'silu' ? 'swish' : kind;
  return tf.layers.activation({ name, activation: identifier });
}

/** Explicit zeros are a layer of their own in TensorFlow.js; "valid" and "same" stay as they are. */
function padForConvolution(layer: LayerOf<'conv2d' | 'depthwiseConv2d'>, { inputs }: Place) {
  const input = inputs[0]!;
  if (typeof layer.padding === 'string') return { padding: layer.padding, padded: input };
  const [rows, columns] = layer.padding;
  const zeros = tf.layers.zeroPadding2d({
    name: `${layer.name}_padding`,
    padding: [
      [rows, rows],
      [columns, columns],
    ],
  });
  return { padding: 'valid' as const, padded: apply(zeros, [input]) };
}

/** Pooling in TensorFlow.js knows "valid" and "same" only; zeros put there by hand would win or count. */
function poolArguments(layer: LayerOf<'maxPool' | 'avgPool'>, { inputShape }: Place) {
  const window = windowOf(layer)!;
  const size = inputShape.slice(0, 2) as Pair;
  const zeros = (padding: Padding) => resolvePadding({ ...window, padding }, size).join();
  const padding = (['valid', 'same'] as const).find((kind) => zeros(kind) === zeros(layer.padding));
  if (!padding) {
    throw new ReceptiveError(
      'unsupported',
      `${layer.name}: TensorFlow.js pools with "valid" or "same" padding only; [${layer.padding}] on a ${size.join('x')} input is neither.`,
      'Give that layer "same" or "valid" padding and train again.',
    );
  }
  return { poolSize: window.kernel, strides: window.strides, padding };
}
