/** The same networks composed of tfjs operations, whose autodiff is the oracle for the graph's backward nodes. */
import type * as TensorFlowJs from '@tensorflow/tfjs-node-gpu';
import { inputsOf, topologicalOrder } from '../../../src-main/shared/network/graph.ts';
import { resolvePadding, windowOf, windowOutput } from '../../../src-main/shared/network/shapes.ts';
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

function spreadTaps(kernel: Tensor, axis: 0 | 1, rate: number): Tensor {
  if (rate === 1) return kernel;
  const taps = tf.unstack(kernel, axis);
  const gap = tf.zerosLike(taps[0] as Tensor);
  const spread = taps.flatMap((tap, i) => (i === 0 ? [tap] : [...new Array<Tensor>(rate - 1).fill(gap), tap]));
  return tf.stack(spread, axis);
}

/** Strides by picking rows and columns, since the kernel takes only equal ones. */
function convolveDepthwise(layer: LayerOf<'depthwiseConv2d'>, x: Maps, kernel: Maps): Tensor {
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
