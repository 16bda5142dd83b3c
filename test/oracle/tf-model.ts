/** The same network as a tf.layers model, layer by layer; explicit padding becomes a zeroPadding2d layer. */
import * as tf from '@tensorflow/tfjs';
import type { Layer, Network, Padding } from '../../src-main/shared/network/spec.ts';

export interface TfNetwork {
  /** The symbolic output of each of the network's layers, by name. */
  outputs: Map<string, tf.SymbolicTensor>;
  /** The tf.layers layer of each, for its weights. */
  layers: Map<string, tf.layers.Layer>;
  model: tf.LayersModel;
}

/** Layers may take their input only from layers before them in the list. */
export function buildTfModel(network: Network, classes: number): TfNetwork {
  const input = tf.input({ shape: [...network.input.size, network.input.channels] });
  const outputs = new Map([['input', input]]);
  const layers = new Map<string, tf.layers.Layer>();
  let before = 'input';
  for (const layer of network.layers) {
    let sources = (layer.from ?? [before]).map((name) => outputs.get(name)!);
    if (
      'padding' in layer &&
      layer.kind !== 'zeroPadding2d' &&
      layer.kind !== 'conv2dTranspose' &&
      typeof layer.padding !== 'string'
    ) {
      const [ph, pw] = layer.padding;
      const padding: [[number, number], [number, number]] = [
        [ph, ph],
        [pw, pw],
      ];
      sources = sources.map((source) => tf.layers.zeroPadding2d({ padding }).apply(source) as tf.SymbolicTensor);
    }
    const built = tfLayer(layer, classes);
    let output = built.apply(sources.length === 1 ? sources[0]! : sources) as tf.SymbolicTensor;
    // Explicit padding of a transposed convolution is what is cut off from all that its taps reach.
    if (layer.kind === 'conv2dTranspose' && typeof layer.padding !== 'string')
      output = cutTransposed(layer, sources[0]!, output);
    outputs.set(layer.name, output);
    layers.set(layer.name, built);
    before = layer.name;
  }
  return { outputs, layers, model: tf.model({ inputs: input, outputs: outputs.get(before)! }) };
}

function cutTransposed(
  { padding, strides, kernelSize }: Extract<Layer, { kind: 'conv2dTranspose' }>,
  source: tf.SymbolicTensor,
  output: tf.SymbolicTensor,
): tf.SymbolicTensor {
  const cropping = ([0, 1] as const).map((axis) => {
    const full = (source.shape[axis + 1]! - 1) * strides[axis] + kernelSize[axis];
    return [padding[axis] as number, output.shape[axis + 1]! - full + (padding[axis] as number)];
  }) as [[number, number], [number, number]];
  return tf.layers.cropping2D({ cropping }).apply(output) as tf.SymbolicTensor;
}

const mode = (padding: Padding): 'same' | 'valid' => (padding === 'same' ? 'same' : 'valid');

/** Kernels are all ones, so that nothing cancels where influence is looked for. */
function tfLayer(layer: Layer, classes: number): tf.layers.Layer {
  const { name } = layer;
  switch (layer.kind) {
    case 'conv2d': {
      const { filters, kernelSize, strides, dilationRate, useBias } = layer;
      const padding = mode(layer.padding);
      const kernelInitializer = 'ones';
      return tf.layers.conv2d({
        name,
        filters,
        kernelSize,
        strides,
        dilationRate,
        padding,
        useBias,
        kernelInitializer,
      });
    }
    case 'depthwiseConv2d': {
      const { kernelSize, strides, depthMultiplier, useBias } = layer;
      const padding = mode(layer.padding);
      const depthwiseInitializer = 'ones';
      const options = { name, kernelSize, strides, depthMultiplier, padding, useBias, depthwiseInitializer } as const;
      return tf.layers.depthwiseConv2d(options);
    }
    case 'separableConv2d': {
      const { filters, kernelSize, strides, depthMultiplier, useBias } = layer;
      const padding = mode(layer.padding);
      const [depthwiseInitializer, pointwiseInitializer] = ['ones', 'ones'] as const;
      const initializers = { depthwiseInitializer, pointwiseInitializer };
      const options = {
        name,
        filters,
        kernelSize,
        strides,
        depthMultiplier,
        padding,
        useBias,
        ...initializers,
      } as const;
      return tf.layers.separableConv2d(options);
    }
    case 'conv2dTranspose': {
      const { filters, kernelSize, strides, useBias } = layer;
      const padding = mode(layer.padding);
      return tf.layers.conv2dTranspose({
        name,
        filters,
        kernelSize,
        strides,
        padding,
        useBias,
        kernelInitializer: 'ones',
      });
    }
    case 'upSampling2d':
      return tf.layers.upSampling2d({ name, size: layer.size, interpolation: layer.interpolation });
    case 'zeroPadding2d':
      return tf.layers.zeroPadding2d({ name, padding: layer.padding });
    case 'cropping2d':
      return tf.layers.cropping2D({ name, cropping: layer.cropping });
    case 'layerNorm':
      return tf.layers.layerNormalization({ name, epsilon: layer.epsilon });
    case 'groupNorm':
      // TensorFlow.js has none: layer normalisation has the same shapes and weights.
      return tf.layers.layerNormalization({ name, epsilon: layer.epsilon });
    case 'batchNorm':
      return tf.layers.batchNormalization({ name, momentum: layer.momentum, epsilon: layer.epsilon });
    case 'activation':
      return tf.layers.activation({ name, activation: layer.function === 'tanh' ? 'tanh' : 'relu' });
    case 'maxPool':
    case 'avgPool': {
      const { poolSize, strides } = layer;
      const make = layer.kind === 'maxPool' ? tf.layers.maxPooling2d : tf.layers.averagePooling2d;
      return make({ name, poolSize, strides: strides ?? poolSize, padding: mode(layer.padding) });
    }
    case 'globalAvgPool':
      return tf.layers.globalAveragePooling2d({ name });
    case 'globalMaxPool':
      return tf.layers.globalMaxPooling2d({ name });
    case 'flatten':
      return tf.layers.flatten({ name });
    case 'dense':
      return tf.layers.dense({
        name,
        units: layer.units === 'classes' ? classes : layer.units,
        useBias: layer.useBias,
        kernelInitializer: 'ones',
      });
    case 'dropout':
      return tf.layers.dropout({ name, rate: layer.rate });
    case 'add':
      return tf.layers.add({ name });
    case 'concat':
      return tf.layers.concatenate({ name });
  }
}
