/** The same networks composed of tfjs operations, whose autodiff is the oracle for the graph's backward nodes. */
import type * as TensorFlowJs from '@tensorflow/tfjs-node-gpu';
import { inputsOf, topologicalOrder } from '../../../src-main/shared/network/graph.ts';
import {
  resolvePadding,
  transposedCut,
  transposedLength,
  windowOf,
  windowOutput,
} from '../../../src-main/shared/network/shapes.ts';
import type { Layer, LayerOf, Network, Pair } from '../../../src-main/shared/network/spec.ts';
import type { NamedTensor } from '../../../src-main/engine/training/trainer.ts';
import { tf } from '../../../src-main/engine/tensorflow.ts';

type Tensor = TensorFlowJs.Tensor;
type Maps = TensorFlowJs.Tensor4D;
type Weights = Map<string, Tensor>;

/** Outputs of all layers for pixels already scaled to 0..1, [batch, height, width, channels]. No dropout. */
export function forward(network: Network, weights: Weights, pixels: Tensor, training: boolean): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>([['input', pixels]]);
  const sources = inputsOf(network);
  for (const index of topologicalOrder(network)) {
    const layer = network.layers[index] as Layer;
    const inputs = (sources[index] as string[]).map((name) => tensors.get(name) as Tensor);
    tensors.set(layer.name, apply(layer, inputs, weights, training));
  }
  return tensors;
}

export interface Gradients {
  outputs: Map<string, Tensor>;
  loss: number;
  /** By variable name, and "input". */
  gradients: Map<string, Tensor>;
}

/** Mean cross-entropy and its gradients by the pixels and by every trainable variable, through tfjs' autodiff. */
export function differentiate(
  network: Network,
  tensors: NamedTensor[],
  trainable: string[],
  pixels: Float32Array,
  labels: Int32Array,
): Gradients {
  const { size, channels } = network.input;
  const weights = toTensors(tensors);
  const x = tf.tensor(pixels, [labels.length, ...size, channels]);
  let outputs = new Map<string, Tensor>();
  const loss = (...values: Tensor[]): TensorFlowJs.Scalar => {
    const chosen = new Map([
      ...weights,
      ...trainable.map((name, i): [string, Tensor] => [name, values[i + 1] as Tensor]),
    ]);
    outputs = forward(network, chosen, values[0] as Tensor, true);
    for (const output of outputs.values()) tf.keep(output);
    const logits = outputs.get((network.layers.at(-1) as Layer).name) as TensorFlowJs.Tensor2D;
    const truth = tf.oneHot(tf.tensor1d(labels, 'int32'), logits.shape[1]);
    return tf.neg(tf.mean(tf.sum(tf.mul(truth, tf.logSoftmax(logits)), 1)));
  };
  const { value, grads } = tf.valueAndGrads(loss as (...values: Tensor[]) => Tensor)([
    x,
    ...trainable.map((name) => weights.get(name) as Tensor),
  ]);
  const gradients = new Map(['input', ...trainable].map((name, i): [string, Tensor] => [name, grads[i] as Tensor]));
  return { outputs, loss: value.dataSync()[0] as number, gradients };
}

export function toTensors(tensors: NamedTensor[]): Weights {
  return new Map(tensors.map(({ name, shape, values }) => [name, tf.tensor(values, shape)]));
}

function apply(layer: Layer, inputs: Tensor[], weights: Weights, training: boolean): Tensor {
  const x = inputs[0] as Tensor;
  const weight = (field: string): Tensor => weights.get(`${layer.name}/${field}`) as Tensor;
  switch (layer.kind) {
    case 'conv2d':
      return withBias(layer, convolve(layer, x as Maps, weight('kernel') as Maps), weight);
    case 'depthwiseConv2d':
      return withBias(layer, convolveDepthwise(layer, x as Maps, weight('depthwiseKernel') as Maps), weight);
    case 'separableConv2d': {
      const depthwise = convolveDepthwise(layer, x as Maps, weight('depthwiseKernel') as Maps);
      const [, , between, filters] = weight('pointwiseKernel').shape as number[];
      const cells = tf.reshape(depthwise, [-1, between!]);
      const mixed = tf.matMul(cells, tf.reshape(weight('pointwiseKernel'), [between!, filters!]));
      return withBias(layer, tf.reshape(mixed, [...depthwise.shape.slice(0, 3), filters!]), weight);
    }
    case 'conv2dTranspose':
      return withBias(layer, convolveTransposed(layer, x as Maps, weight('kernel') as Maps), weight);
    case 'upSampling2d':
      return resample(resample(x, 1, layer.size[0], layer.interpolation), 2, layer.size[1], layer.interpolation);
    case 'zeroPadding2d':
      return tf.pad(x, [[0, 0], ...layer.padding, [0, 0]]);
    case 'cropping2d': {
      const [[top, bottom], [left, right]] = layer.cropping;
      const [batch, height, width, channels] = (x as Maps).shape;
      return tf.slice(x, [0, top, left, 0], [batch, height - top - bottom, width - left - right, channels]);
    }
    case 'layerNorm':
      return normalise(x, [x.shape.length - 1], layer.epsilon, weight);
    case 'groupNorm': {
      const [batch, height, width, channels] = (x as Maps).shape;
      const grouped = tf.reshape(x, [batch, height, width, layer.groups, channels / layer.groups]);
      return normalise(grouped, [1, 2, 4], layer.epsilon, weight, x.shape);
    }
    case 'batchNorm': {
      const axes = x.shape.map((_, axis) => axis).slice(0, -1);
      const { mean, variance } = training
        ? tf.moments(x, axes)
        : { mean: weight('movingMean'), variance: weight('movingVariance') };
      const normalised = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, layer.epsilon)));
      return tf.add(tf.mul(normalised, weight('gamma')), weight('beta'));
    }
    case 'activation':
      return activations[layer.function](x);
    case 'maxPool': {
      const padded = pad(layer, x as Maps, -1e30);
      return tf.maxPool(padded, layer.poolSize, layer.strides ?? layer.poolSize, 'valid');
    }
    case 'avgPool': {
      const strides = layer.strides ?? layer.poolSize;
      const sums = (y: Maps): Tensor => tf.avgPool(pad(layer, y, 0), layer.poolSize, strides, 'valid');
      return tf.div(sums(x as Maps), sums(tf.onesLike(x) as Maps));
    }
    case 'globalAvgPool':
      return tf.mean(x, [1, 2]);
    case 'globalMaxPool':
      return tf.max(x, [1, 2]);
    case 'flatten':
      return tf.reshape(x, [x.shape[0] as number, -1]);
    case 'dense':
      return withBias(layer, tf.matMul(x, weight('kernel')), weight);
    case 'dropout':
      return x;
    case 'add':
      return inputs.reduce((sum, input) => tf.add(sum, input));
    case 'concat':
      return tf.concat(inputs, x.shape.length - 1);
  }
}

function normalise(
  x: Tensor,
  axes: number[],
  epsilon: number,
  weight: (field: string) => Tensor,
  shape = x.shape,
): Tensor {
  const { mean, variance } = tf.moments(x, axes, true);
  const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(tf.reshape(normal, shape), weight('gamma')), weight('beta'));
}

/** One axis longer by `n`, as a product with the matrix of every new cell's shares of the old ones. */
function resample(x: Tensor, axis: 1 | 2, n: number, interpolation: 'nearest' | 'bilinear'): Tensor {
  const length = x.shape[axis]!;
  const shares = Array.from({ length: length * n }, (_, o) => {
    const centre = Math.min(Math.max((o + 0.5) / n - 0.5, 0), length - 1);
    return Array.from({ length }, (_, i) => {
      if (interpolation === 'nearest') return i === Math.floor(o / n) ? 1 : 0;
      return Math.max(1 - Math.abs(i - centre), 0);
    });
  });
  const order = axis === 1 ? [0, 2, 3, 1] : [0, 1, 3, 2];
  const back = axis === 1 ? [0, 3, 1, 2] : [0, 1, 3, 2];
  const last = tf.transpose(x, order);
  const rows = tf.reshape(last, [-1, length]);
  const longer = tf.matMul(rows, tf.tensor2d(shares), false, true);
  return tf.transpose(tf.reshape(longer, [...last.shape.slice(0, 3), length * n]), back);
}

/** Zeros between the cells and around them, and an ordinary convolution with the kernel turned by 180 degrees. */
function convolveTransposed(layer: LayerOf<'conv2dTranspose'>, x: Maps, kernel: Maps): Tensor {
  const spread = spreadTaps(spreadTaps(x, 1, layer.strides[0]), 2, layer.strides[1]);
  const around = ([0, 1] as const).map((axis): Pair => {
    const taps = layer.kernelSize[axis];
    const before = taps - 1 - transposedCut(layer, axis);
    const wanted = transposedLength(x.shape[axis + 1]!, layer, axis);
    return [before, wanted + taps - 1 - spread.shape[axis + 1]! - before];
  });
  const cut = around.map(([, after]) => Math.min(after, 0));
  const padded = tf.pad(spread, [
    [0, 0],
    ...around.map(([before, after]): Pair => [before, Math.max(after, 0)]),
    [0, 0],
  ]);
  const [batch, height, width, channels] = padded.shape as [number, number, number, number];
  const fitted = tf.slice(padded, [0, 0, 0, 0], [batch, height + cut[0]!, width + cut[1]!, channels]);
  const turned = tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(fitted as Maps, turned as Maps, 1, 'valid');
}

function withBias(layer: { useBias: boolean }, x: Tensor, weight: (field: string) => Tensor): Tensor {
  return layer.useBias ? tf.add(x, weight('bias')) : x;
}

const activations: Record<LayerOf<'activation'>['function'], (x: Tensor) => Tensor> = {
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.minimum(tf.relu(x), 6),
  leakyRelu: (x) => tf.maximum(x, tf.mul(x, 0.3)),
  elu: (x) => tf.add(tf.relu(x), tf.minimum(tf.sub(tf.exp(x), 1), 0)),
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  sigmoid: (x) => tf.sigmoid(x),
  tanh: (x) => tf.tanh(x),
  linear: (x) => x,
};

function pad(layer: Layer, x: Maps, value: number): Maps {
  const window = windowOf(layer);
  if (window === null) return x;
  return tf.pad(x, [[0, 0], ...resolvePadding(window, sizeOf(x)), [0, 0]], value);
}

const sizeOf = (x: Maps): Pair => [x.shape[1], x.shape[2]];

/** Dilation as zeros between the kernel's taps, which tfjs can differentiate. */
function convolve(layer: LayerOf<'conv2d'>, x: Maps, kernel: Maps): Tensor {
  const spread = spreadTaps(spreadTaps(kernel, 0, layer.dilationRate[0]), 1, layer.dilationRate[1]);
  return tf.conv2d(pad(layer, x, 0), spread as Maps, layer.strides, 'valid');
}

function spreadTaps(kernel: Tensor, axis: number, rate: number): Tensor {
  if (rate === 1) return kernel;
  const taps = tf.unstack(kernel, axis);
  const gap = tf.zerosLike(taps[0] as Tensor);
  const spread = taps.flatMap((tap, i) => (i === 0 ? [tap] : [...new Array<Tensor>(rate - 1).fill(gap), tap]));
  return tf.stack(spread, axis);
}

/** Strides by picking rows and columns, since the kernel takes only equal ones. */
function convolveDepthwise(layer: LayerOf<'depthwiseConv2d' | 'separableConv2d'>, x: Maps, kernel: Maps): Tensor {
  const window = windowOf(layer);
  if (window === null) return x;
  const all = tf.depthwiseConv2d(pad(layer, x, 0), kernel, 1, 'valid');
  const [rows, columns] = windowOutput(window, sizeOf(x));
  const every = (count: number, stride: number) =>
    tf.tensor1d(
      Array.from({ length: count }, (_, i) => i * stride),
      'int32',
    );
  return tf.gather(tf.gather(all, every(rows, layer.strides[0]), 1), every(columns, layer.strides[1]), 2);
}
