/** The network as Python code for Keras 3: a function that builds the same model, with the same layers' names. */
import { resolvePadding, transposedLength, windowOf } from '../shapes.ts';
import { leakyReluSlope } from '../spec.ts';
import type { Layer, LayerOf, Network, Pair, Padding, Sides } from '../spec.ts';
import { flag, stepsOf, tuple } from './python.ts';
import type { Step } from './python.ts';

/**
 * Takes float32 pixels 0 to 255, [batch, height, width, channels], to logits [batch, classes].
 * @throws ReceptiveError 'invalid-network' for a network that does not work.
 */
export function kerasCode(network: Network, classes: number): string {
  const steps = stepsOf(network, classes);
  const lines = steps.flatMap(stepLines);
  const { size, channels } = network.input;
  return [
    '"""Written by Receptive, for Keras 3."""',
    '',
    'import keras',
    'from keras import layers',
    ...(lines.some((line) => line.includes('PaddedPool(')) ? ['', '', ...paddedPool] : []),
    '',
    '',
    `def build_model(classes=${classes}):`,
    `    pixels = keras.Input(shape=${tuple([...size, channels])}, name="pixels")`,
    '    x = layers.Rescaling(1 / 255, name="scale")(pixels)',
    ...lines.map((line) => `    ${line}`),
    `    return keras.Model(pixels, ${steps.at(-1)!.name})`,
    '',
    '',
    'if __name__ == "__main__":',
    '    build_model().summary()',
    '',
  ].join('\n');
}

const word = (padding: Padding): string => `padding="${typeof padding === 'string' ? padding : 'valid'}"`;
const sides = (padding: Sides): string => `(${padding.map(tuple).join(', ')})`;

function stepLines(step: Step): string[] {
  const { layer, name, inputs } = step;
  const title = `name="${layer.name}"`;
  const call = (kind: string, fields: string[], input = inputs.join(', ')): string =>
    `${name} = layers.${kind}(${[...fields, title].join(', ')})(${input})`;
  if (
    (layer.kind === 'conv2d' || layer.kind === 'depthwiseConv2d' || layer.kind === 'separableConv2d') &&
    typeof layer.padding !== 'string'
  ) {
    const [rows, columns] = layer.padding;
    const zeros = `${name} = layers.ZeroPadding2D(${sides([
      [rows, rows],
      [columns, columns],
    ])}, name="${layer.name}_padding")(${inputs[0]})`;
    return [zeros, call(kinds[layer.kind]!, fieldsOf(layer), name)];
  }
  switch (layer.kind) {
    case 'maxPool':
    case 'avgPool':
      return [poolLine(step, layer, title)];
    case 'conv2dTranspose':
      return transposedLines(step, layer);
    case 'add':
    case 'concat':
      return [call(kinds[layer.kind]!, [], `[${inputs.join(', ')}]`)];
    case 'activation':
      if (layer.function === 'leakyRelu') return [call('LeakyReLU', [`negative_slope=${leakyReluSlope}`])];
      return [call('Activation', [`"${layer.function}"`])];
    default:
      return [call(kinds[layer.kind]!, fieldsOf(layer))];
  }
}

const kinds: Partial<Record<Layer['kind'], string>> = {
  conv2d: 'Conv2D',
  depthwiseConv2d: 'DepthwiseConv2D',
  separableConv2d: 'SeparableConv2D',
  upSampling2d: 'UpSampling2D',
  zeroPadding2d: 'ZeroPadding2D',
  cropping2d: 'Cropping2D',
  batchNorm: 'BatchNormalization',
  layerNorm: 'LayerNormalization',
  groupNorm: 'GroupNormalization',
  globalAvgPool: 'GlobalAveragePooling2D',
  globalMaxPool: 'GlobalMaxPooling2D',
  flatten: 'Flatten',
  dense: 'Dense',
  dropout: 'Dropout',
  add: 'Add',
  concat: 'Concatenate',
};

function fieldsOf(layer: Layer): string[] {
  switch (layer.kind) {
    case 'conv2d':
      return [
        String(layer.filters),
        tuple(layer.kernelSize),
        `strides=${tuple(layer.strides)}`,
        word(layer.padding),
        `dilation_rate=${tuple(layer.dilationRate)}`,
        `use_bias=${flag(layer.useBias)}`,
      ];
    case 'separableConv2d':
    case 'depthwiseConv2d':
      return [
        ...(layer.kind === 'separableConv2d' ? [String(layer.filters)] : []),
        tuple(layer.kernelSize),
        `strides=${tuple(layer.strides)}`,
        word(layer.padding),
        `depth_multiplier=${layer.depthMultiplier}`,
        `use_bias=${flag(layer.useBias)}`,
      ];
    case 'upSampling2d':
      return [tuple(layer.size), `interpolation="${layer.interpolation}"`];
    case 'zeroPadding2d':
      return [sides(layer.padding)];
    case 'cropping2d':
      return [sides(layer.cropping)];
    case 'batchNorm':
      return [`momentum=${layer.momentum}`, `epsilon=${layer.epsilon}`];
    case 'layerNorm':
      return [`epsilon=${layer.epsilon}`];
    case 'groupNorm':
      return [`groups=${layer.groups}`, `epsilon=${layer.epsilon}`];
    case 'dense':
      return [String(layer.units), `use_bias=${flag(layer.useBias)}`];
    case 'dropout':
      return [String(layer.rate)];
    default:
      return [];
  }
}

/** Keras pools with "valid" and "same" only. */
function poolLine({ name, inputs, inputShape }: Step, layer: LayerOf<'maxPool' | 'avgPool'>, title: string): string {
  const { poolSize, padding } = layer;
  const size = [tuple(poolSize), `strides=${tuple(layer.strides ?? poolSize)}`];
  const kind = layer.kind === 'maxPool' ? 'Max' : 'Average';
  if (typeof padding === 'string') {
    return `${name} = layers.${kind}Pooling2D(${[...size, word(padding), title].join(', ')})(${inputs[0]})`;
  }
  const zeros = resolvePadding(windowOf(layer)!, [inputShape[0], inputShape[1]!] as Pair);
  return `${name} = PaddedPool("${kind.toLowerCase()}", ${[...size, `around=${sides(zeros)}`, title].join(', ')})(${inputs[0]})`;
}

/** Padding never wins a maximum and never counts in a mean. */
const paddedPool = [
  'class PaddedPool(layers.Layer):',
  '    def __init__(self, kind, size, strides, around, **options):',
  '        super().__init__(**options)',
  '        self.kind, self.size, self.strides, self.around = kind, size, strides, around',
  '',
  '    def call(self, x):',
  '        widths = ((0, 0), *self.around, (0, 0))',
  '        if self.kind == "max":',
  '            padded = keras.ops.pad(x, widths, constant_values=-3.0e38)',
  '            return keras.ops.max_pool(padded, self.size, self.strides)',
  '        sums = keras.ops.average_pool(keras.ops.pad(x, widths), self.size, self.strides)',
  '        inside = keras.ops.pad(keras.ops.ones_like(x), widths)',
  '        return sums / keras.ops.average_pool(inside, self.size, self.strides)',
];

function transposedLines({ name, inputs, inputShape }: Step, layer: LayerOf<'conv2dTranspose'>): string[] {
  const { filters, kernelSize, strides, padding, useBias } = layer;
  const fields = [filters, tuple(kernelSize), `strides=${tuple(strides)}`, word(padding), `use_bias=${flag(useBias)}`];
  const line = `${name} = layers.Conv2DTranspose(${fields.join(', ')}, name="${layer.name}")(${inputs[0]})`;
  if (typeof padding === 'string') return [line];
  const cropping = ([0, 1] as const).map((axis): Pair => {
    const length = inputShape[axis]!;
    const full = transposedLength(length, { ...layer, padding: 'valid' }, axis);
    return [padding[axis], full - transposedLength(length, layer, axis) - padding[axis]];
  }) as Sides;
  return [line, `${name} = layers.Cropping2D(${sides(cropping)}, name="${layer.name}_crop")(${name})`];
}
