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
    if ('padding' in layer && typeof layer.padding !== 'string') {
      const [ph, pw] = layer.padding;
      const padding: [[number, number], [number, number]] = [
        [ph, ph],
        [pw, pw],
      ];
      sources = sources.map((source) => tf.layers.zeroPadding2d({ padding }).apply(source) as tf.SymbolicTensor);
    }
    const built = tfLayer(layer, classes);
    outputs.set(layer.name, built.apply(sources.length === 1 ? sources[0]! : sources) as tf.SymbolicTensor);
    layers.set(layer.name, built);
    before = layer.name;
  }
  return { outputs, layers, model: tf.model({ inputs: input, outputs: outputs.get(before)! }) };
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
