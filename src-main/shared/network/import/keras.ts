/** A Keras or TensorFlow.js model's topology as a network of ours. What has no equal is named, layer by layer. */
import { ReceptiveError } from '../../errors.ts';
import { parseNetwork } from '../parse.ts';
import { activationFunctions, leakyReluSlope } from '../spec.ts';
import type { NetworkJson, Pair } from '../spec.ts';
import { topologyOf } from './topology.ts';
import type { Config, KerasLayer, Topology } from './topology.ts';

type LayerJson = NetworkJson['layers'][number];
type Fields = Record<string, unknown>;

/**
 * The network, or null when the JSON is no such model. Scaling at the beginning and softmax at the end are left out: the
 * engine does both. An activation inside a layer becomes a layer of its own; the last dense layer gets the project's classes.
 * @throws ReceptiveError 'invalid-network' that names every layer that cannot be taken over, and why.
 */
export function networkFromKeras(json: unknown): NetworkJson | null {
  const topology = topologyOf(json);
  if (!topology) return null;
  const reading = new Reading(topology);
  const network = reading.network();
  if (reading.problems.length > 0) {
    const [one, ...more] = reading.problems;
    const others = more.length === 0 ? '' : `; and ${more.length} more: ${more.slice(0, 20).join('; ')}`;
    throw new ReceptiveError(
      'invalid-network',
      `This model cannot be taken over as it is: ${one}${others}.`,
      'Replace these layers in the model and save its topology again.',
    );
  }
  parseNetwork(network);
  return network;
}

/** What a layer becomes: fields of one of ours, nothing at all (its input is its output), or why it cannot be. */
type Reader = (config: Config, layer: KerasLayer) => { kind: LayerJson['kind']; fields: Fields } | 'nothing' | string;

const made = (kind: LayerJson['kind'], fields: Fields = {}) => ({ kind, fields });
const pairOf = (value: unknown, missing: unknown = 1): unknown => value ?? missing;
const sliding = (config: Config): Fields => ({
  kernelSize: config['kernel_size'],
  strides: pairOf(config['strides']),
  padding: config['padding'] ?? 'valid',
  useBias: config['use_bias'] ?? true,
});
const dilated = (config: Config): boolean => [pairOf(config['dilation_rate'])].flat().some((rate) => Number(rate) > 1);
const pooling = (config: Config): Fields => ({
  poolSize: config['pool_size'] ?? 2,
  strides: config['strides'] ?? config['pool_size'] ?? 2,
  padding: config['padding'] ?? 'valid',
});

const readers: Record<string, Reader> = {
  Conv2D: (config) => {
    if (Number(config['groups'] ?? 1) > 1) return 'has its channels in groups';
    return made('conv2d', {
      filters: config['filters'],
      ...sliding(config),
      dilationRate: pairOf(config['dilation_rate']),
    });
  },
  DepthwiseConv2D: (config) =>
    dilated(config)
      ? 'is dilated'
      : made('depthwiseConv2d', { ...sliding(config), depthMultiplier: config['depth_multiplier'] ?? 1 }),
  SeparableConv2D: (config) =>
    dilated(config)
      ? 'is dilated'
      : made('separableConv2d', {
          filters: config['filters'],
          ...sliding(config),
          depthMultiplier: config['depth_multiplier'] ?? 1,
        }),
  Conv2DTranspose: (config) => {
    if (dilated(config)) return 'is dilated';
    if (config['output_padding'] != null) return 'has output padding';
    return made('conv2dTranspose', { filters: config['filters'], ...sliding(config) });
  },
  UpSampling2D: (config) =>
    made('upSampling2d', { size: pairOf(config['size'], 2), interpolation: config['interpolation'] ?? 'nearest' }),
  ZeroPadding2D: (config) => made('zeroPadding2d', { padding: pairOf(config['padding']) }),
  Cropping2D: (config) => made('cropping2d', { cropping: config['cropping'] }),
  BatchNormalization: (config) => {
    if (config['center'] === false || config['scale'] === false) return 'has no beta or no gamma';
    return made('batchNorm', { momentum: config['momentum'] ?? 0.99, epsilon: config['epsilon'] ?? 0.001 });
  },
  LayerNormalization: (config) => made('layerNorm', { epsilon: config['epsilon'] ?? 0.001 }),
  GroupNormalization: (config) =>
    made('groupNorm', { groups: config['groups'] ?? 32, epsilon: config['epsilon'] ?? 0.001 }),
  Activation: (config) => activation(config['activation']),
  ReLU: (config) => {
    if (Number(config['negative_slope'] ?? 0) !== 0 || Number(config['threshold'] ?? 0) !== 0)
      return 'is a relu with a slope or a threshold';
    if (config['max_value'] == null) return made('activation', { function: 'relu' });
    return Number(config['max_value']) === 6
      ? made('activation', { function: 'relu6' })
      : `is a relu that ends at ${String(config['max_value'])}`;
  },
  LeakyReLU: (config) => {
    const slope = Number(config['negative_slope'] ?? config['alpha'] ?? leakyReluSlope);
    return Math.abs(slope - leakyReluSlope) < 1e-6
      ? made('activation', { function: 'leakyRelu' })
      : `has slope ${slope}; leakyRelu here has ${leakyReluSlope}`;
  },
  ELU: (config) =>
    Number(config['alpha'] ?? 1) === 1 ? made('activation', { function: 'elu' }) : 'has an alpha other than 1',
  Softmax: () => 'nothing',
  Rescaling: () => 'nothing',
  MaxPooling2D: (config) => made('maxPool', pooling(config)),
  AveragePooling2D: (config) => made('avgPool', pooling(config)),
  GlobalAveragePooling2D: (config, layer) => globalPool('globalAvgPool', config, layer),
  GlobalMaxPooling2D: (config, layer) => globalPool('globalMaxPool', config, layer),
  Flatten: () => made('flatten'),
  Reshape: (config) =>
    Array.isArray(config['target_shape']) && config['target_shape'].length === 1
      ? made('flatten')
      : 'changes the shape of maps',
  Dense: (config) => made('dense', { units: config['units'], useBias: config['use_bias'] ?? true }),
  Dropout: (config) => made('dropout', { rate: config['rate'] }),
  Add: () => made('add'),
  Concatenate: (config) =>
    [-1, 3, undefined].includes(config['axis'] as number) ? made('concat') : 'does not lie along the channels',
};

/** Pooling that keeps maps of one cell is pooling with a window of the map's size, where the file tells that. */
function globalPool(
  kind: 'globalAvgPool' | 'globalMaxPool',
  config: Config,
  { inputShape }: KerasLayer,
): ReturnType<Reader> {
  if (config['keepdims'] !== true) return made(kind);
  const [height, width] = inputShape ?? [];
  if (!height || !width) return 'keeps its dimensions, and the file does not tell the size of its maps';
  return made(kind === 'globalAvgPool' ? 'avgPool' : 'maxPool', { poolSize: [height, width] });
}

const otherNames: Record<string, string> = { swish: 'silu', leaky_relu: 'leakyRelu' };

function activation(given: unknown): ReturnType<Reader> {
  const word = typeof given === 'string' ? given : String((given as Config | null)?.['class_name'] ?? given);
  const name = otherNames[word] ?? word;
  if (name === 'softmax') return 'nothing';
  if ((activationFunctions as readonly string[]).includes(name)) return made('activation', { function: name });
  return `has the activation "${word}"`;
}

class Reading {
  readonly problems: string[] = [];
  readonly #topology: Topology;
  readonly #layers: LayerJson[] = [];
  /** The layer of ours that gives what a layer of theirs gives. */
  readonly #outputs = new Map<string, string>();
  readonly #names = new Map<string, string>();
  #input: NetworkJson['input'] = { size: [1, 1], channels: 1 };

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  network(): NetworkJson {
    for (const layer of this.#topology.layers) this.#read(layer);
    this.#endWithOutput();
    const last = this.#layers.at(-1);
    if (last?.kind === 'dense') this.#layers[this.#layers.length - 1] = { ...last, units: 'classes' };
    return { input: this.#input, layers: this.#layers };
  }

  #read(layer: KerasLayer): void {
    const { kind, name, config } = layer;
    const shape = (config['batch_shape'] ?? config['batch_input_shape'] ?? config['batchInputShape']) as
      unknown[] | undefined;
    if (shape && this.#topology.layers[0] === layer) this.#readInput(name, shape);
    if (kind === 'InputLayer') {
      this.#outputs.set(name, 'input');
      if (this.#topology.layers[0] !== layer) this.problems.push(`${name}: is a second input`);
      return;
    }
    const reader = Object.hasOwn(readers, kind) ? readers[kind]! : undefined;
    const result = layer.problem ?? reader?.(config, layer) ?? `is of the kind ${kind || '(none)'}`;
    const from = layer.from.length === 0 ? ['input'] : layer.from.map((source) => this.#outputs.get(source) ?? source);
    const wrongLayout = config['data_format'] === 'channels_first' ? 'has its channels first' : null;
    if (wrongLayout !== null || (typeof result === 'string' && result !== 'nothing')) {
      this.problems.push(`${name}: ${wrongLayout ?? String(result)}`);
    } else if (typeof result === 'string') {
      this.#outputs.set(name, from[0]!);
    } else this.#add(name, result, from);
    const inside = config['activation'];
    if (kind === 'Activation' || inside === undefined || inside === null || inside === 'linear') return;
    const bent = activation(inside);
    if (typeof bent === 'object') this.#add(name, bent, [this.#outputs.get(name) ?? name], `-${String(inside)}`);
    else if (bent !== 'nothing') this.problems.push(`${name}: ${bent}`);
  }

  #readInput(name: string, [, height, width, channels]: unknown[]): void {
    if ([height, width, channels].every((size) => Number.isInteger(size) && Number(size) > 0)) {
      this.#input = { size: [height, width] as Pair, channels: channels as number };
    } else this.problems.push(`${name}: its input must be [height, width, channels] of fixed size`);
  }

  #add(
    theirs: string,
    { kind, fields }: { kind: LayerJson['kind']; fields: Fields },
    from: string[],
    ending = '',
  ): void {
    const name = this.#nameFor(theirs + ending);
    const before = this.#layers.at(-1)?.name ?? 'input';
    const isNext = from.length === 1 && from[0] === before && kind !== 'add' && kind !== 'concat';
    this.#layers.push({ name, kind, ...(isNext ? {} : { from }), ...fields } as LayerJson);
    this.#outputs.set(theirs, name);
  }

  /** Theirs, with "-" for what our names cannot hold, and a number where that makes two alike. */
  #nameFor(theirs: string): string {
    const plain = theirs.replaceAll(/[^A-Za-z0-9_.-]/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'layer';
    const taken = new Set(this.#names.values()).add('input');
    let name = plain;
    for (let number = 2; taken.has(name); number++) name = `${plain}-${number}`;
    this.#names.set(theirs, name);
    return name;
  }

  /** Our output is the last layer of the list. */
  #endWithOutput(): void {
    const output = this.#outputs.get(this.#topology.output ?? '');
    const at = this.#layers.findIndex(({ name }) => name === output);
    if (at < 0 || at === this.#layers.length - 1) return;
    const layers = this.#layers.map((layer, index) =>
      layer.from ? layer : { ...layer, from: [this.#layers[index - 1]?.name ?? 'input'] },
    );
    this.#layers.splice(0, layers.length, ...layers.toSpliced(at, 1), layers[at]!);
  }
}
