/** The same network as a TensorFlow.js layers model, for the export and as the tests' oracle. */
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { ReceptiveError } from '../../shared/errors.ts';
import { checkNetwork, inputsOf, resolvePadding, topologicalOrder, windowOf } from '../../shared/network/index.ts';
import { transposedLength } from '../../shared/network/shapes.ts';
import { leakyReluSlope } from '../../shared/network/spec.ts';
import type { Layer, LayerOf, Network, Padding, Pair, Shape } from '../../shared/network/spec.ts';
import type { Normalisation } from '../../shared/preprocessing.ts';
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
export function buildLayersModel(network: Network, classes: number, normalisation?: Normalisation): LayersModel {
  const [height, width] = network.input.size;
  const pixels = tf.input({ shape: [height, width, network.input.channels], name: 'pixels' });
  const scaled = normalisation
    ? addNormalisation(pixels, normalisation)
    : apply(tf.layers.rescaling({ scale: 1 / 255, name: 'scale' }), [pixels]);
  const outputs = new Map([['input', scaled]]);
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

/** Each channel by itself, x / (255 deviation) - mean / deviation: a depthwise convolution of one cell. */
function addNormalisation(pixels: SymbolicTensor, { mean, deviation }: Normalisation): SymbolicTensor {
  const layer = tf.layers.depthwiseConv2d({ name: 'scale', kernelSize: 1, useBias: true });
  const scaled = apply(layer, [pixels]);
  const factors = deviation.map((one) => 1 / (255 * one));
  const offsets = mean.map((one, channel) => -one / deviation[channel]!);
  tf.tidy(() => layer.setWeights([tf.tensor(factors, [1, 1, factors.length, 1]), tf.tensor(offsets)]));
  return scaled;
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
    case 'separableConv2d': {
      const { filters, kernelSize, strides, depthMultiplier, useBias } = layer;
      const { padding, padded } = padForConvolution(layer, place);
      const sliding = { filters, kernelSize, strides, padding, depthMultiplier, useBias };
      return apply(tf.layers.separableConv2d({ name, ...sliding }), [padded]);
    }
    case 'conv2dTranspose':
      return addTransposed(layer, place);
    case 'upSampling2d':
      if (layer.interpolation === 'bilinear') throw unsupported(name, 'upsample bilinearly from the centres of cells');
      return apply(tf.layers.upSampling2d({ name, size: layer.size, interpolation: 'nearest' }), inputs);
    case 'zeroPadding2d':
      return apply(tf.layers.zeroPadding2d({ name, padding: layer.padding }), inputs);
    case 'cropping2d':
      return apply(tf.layers.cropping2D({ name, cropping: layer.cropping }), inputs);
    case 'layerNorm':
      return apply(tf.layers.layerNormalization({ name, epsilon: layer.epsilon }), inputs);
    case 'groupNorm':
      throw unsupported(name, 'normalise in groups of channels');
    case 'batchNorm':
      return apply(tf.layers.batchNormalization({ name, momentum: layer.momentum, epsilon: layer.epsilon }), inputs);
    case 'activation':
      return apply(activation(layer), inputs);
    case 'maxPool':
    case 'avgPool':
      return addPool(layer, place);
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

function unsupported(name: string, what: string): ReceptiveError {
  return new ReceptiveError(
    'unsupported',
    `${name}: TensorFlow.js has no layer that can ${what}.`,
    'Use another kind of layer there, and train again.',
  );
}

/** Explicit padding of a transposed convolution is what is cut off from all that its taps reach. */
function addTransposed(layer: LayerOf<'conv2dTranspose'>, { inputs, inputShape }: Place): SymbolicTensor {
  const { name, filters, kernelSize, strides, padding, useBias } = layer;
  if (typeof padding === 'string') {
    return apply(tf.layers.conv2dTranspose({ name, filters, kernelSize, strides, padding, useBias }), inputs);
  }
  const everything = { ...layer, padding: 'valid' as const };
  const cropping = ([0, 1] as const).map((axis) => {
    const length = inputShape[axis] as number;
    const surplus = transposedLength(length, everything, axis) - transposedLength(length, layer, axis);
    return [padding[axis], surplus - padding[axis]];
  }) as [Pair, Pair];
  const full = tf.layers.conv2dTranspose({ name, filters, kernelSize, strides, padding: 'valid', useBias });
  return apply(tf.layers.cropping2D({ name: `${name}_crop`, cropping }), [apply(full, inputs)]);
}

/** Explicit zeros are a layer of their own in TensorFlow.js; "valid" and "same" stay as they are. */
function padForConvolution(layer: LayerOf<'conv2d' | 'depthwiseConv2d' | 'separableConv2d'>, { inputs }: Place) {
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

/**
 * Pooling in TensorFlow.js knows "valid" and "same" only; zeros put there by hand would win or count. Other padding is
 * made of them: "same" at every position, of which those that the padding and the strides ask for are kept.
 *
 * 3 wide, padding 1, strides 2, on 8 columns: "same" at strides 1 starts at -1 to 6; kept are the starts -1, 1, 3, 5.
 */
function addPool(layer: LayerOf<'maxPool' | 'avgPool'>, { inputs, inputShape }: Place): SymbolicTensor {
  const { name } = layer;
  const pool = layer.kind === 'maxPool' ? tf.layers.maxPooling2d : tf.layers.averagePooling2d;
  const window = windowOf(layer)!;
  const { kernel: poolSize, strides } = window;
  const size = inputShape.slice(0, 2) as Pair;
  const zeros = (padding: Padding) => resolvePadding({ ...window, padding }, size);
  const known = (['valid', 'same'] as const).find((kind) => zeros(kind).join() === zeros(layer.padding).join());
  if (known) return apply(pool({ name, poolSize, strides, padding: known }), inputs);

  const reach = poolSize.map((length) => (length - 1) >> 1);
  const cropping = zeros(layer.padding).map(([before], axis) => {
    return [reach[axis]! - before, poolSize[axis]! - 1 - reach[axis]! - before] as Pair;
  }) as [Pair, Pair];
  if (Math.min(...cropping.flat()) < 0) {
    throw new ReceptiveError(
      'unsupported',
      `${name}: TensorFlow.js cannot pool with padding [${layer.padding}], more than half of its ${poolSize.join('x')} window.`,
      'Give that layer less padding, "same" or "valid", and train again.',
    );
  }
  const everywhere = apply(pool({ name: `${name}_everywhere`, poolSize, strides: 1, padding: 'same' }), inputs);
  const cropped = apply(tf.layers.cropping2D({ name: `${name}_crop`, cropping }), [everywhere]);
  return apply(tf.layers.maxPooling2d({ name, poolSize: 1, strides, padding: 'valid' }), [cropped]);
}
