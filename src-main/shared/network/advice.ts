/** Warnings for networks that work but are unwise: what was seen, with its numbers, and what is usually done instead. */
import type { LayerDescription, NetworkDescription } from './describe.ts';
import { inputsOf } from './graph.ts';
import { trainingBytes } from './memory.ts';
import { pairText } from './problem.ts';
import type { Layer, LayerKind, Network } from './spec.ts';

export interface Advice {
  /** The layer to look at; null for the network as a whole. */
  layer: string | null;
  message: string;
  hint: string;
}

export interface Circumstances {
  /** Images a step. */
  batch: number;
  /** Of the device that trains, in bytes; null when it is not known. */
  deviceBytes: number | null;
}

type Rule = (network: Network, description: NetworkDescription, circumstances: Circumstances) => Advice[];

/** What is unwise about a network that is right; nothing for one that is not, whose problems come first. */
export function adviceFor(network: Network, description: NetworkDescription, circumstances: Circumstances): Advice[] {
  if (!description.valid) return [];
  return rules.flatMap((rule) => rule(network, description, circumstances));
}

const normalising: readonly LayerKind[] = ['batchNorm', 'layerNorm', 'groupNorm'];
/** So many layers with weights in a row are hard to train without normalisation (He et al. 2016, section 1). */
const deep = 10;
/** Below this a dense layer's share is no burden, whatever the rest has. */
const manyParameters = 100_000;

const rules: readonly Rule[] = [
  /** Dense layers over flattened maps are what made AlexNet and VGG large (Lin, Chen, Yan: Network In Network, 2014). */
  (network, { layers, totals }) => {
    const { row, layer } = layers
      .map((row, index) => ({ row, layer: network.layers[index]! }))
      .reduce((most, next) => (next.row.params > most.row.params ? next : most));
    const share = row.params / totals.params;
    if (layer.kind !== 'dense' || share <= 0.5 || row.params < manyParameters) return [];
    return [
      {
        layer: row.name,
        message: `${row.name}: holds ${percent(share)} of all parameters (${count(row.params)})`,
        hint: 'globalAvgPool in place of flatten leaves one number a channel, and so far fewer weights.',
      },
    ];
  },
  (network) =>
    network.layers.flatMap((layer) => {
      if (!('kernelSize' in layer) || layer.kind === 'conv2dTranspose') return [];
      if (layer.kernelSize.every((length, axis) => length % 2 === 1 || layer.strides[axis] === length)) return [];
      return [
        {
          layer: layer.name,
          message: `${layer.name}: its ${pairText(layer.kernelSize)} kernel is even, so it has no cell in the middle`,
          hint: 'The maps shift by half a cell; odd kernels such as 3x3 keep them in place.',
        },
      ];
    }),
  (network, { layers }) => {
    const { size } = network.input;
    const last = lastMaps(layers);
    const field = last?.receptiveField;
    if (!last || !field) return [];
    const ratio = Math.min(field.size[0] / size[0], field.size[1] / size[1]);
    const seen = `${last.name}: its cells see ${pairText(field.size)} px of a ${pairText(size)} px image`;
    if (ratio < 0.5) {
      const hint = 'Objects larger than that are seen in parts only; add layers, pooling, strides or dilation.';
      return [{ layer: last.name, message: `${seen}, less than half of it`, hint }];
    }
    if (ratio <= 4) return [];
    const hint = 'Most of what the last layers look at is padding; fewer pools or layers would do.';
    return [{ layer: last.name, message: `${seen}, more than four times as much`, hint }];
  },
  (network) => {
    const inputs = inputsOf(network);
    const byName = new Map(network.layers.map((layer) => [layer.name, layer]));
    return network.layers.flatMap((layer, index) => {
      const before = byName.get(inputs[index]?.[0] ?? '');
      if (layer.kind !== 'batchNorm' || !before || !hasBias(before)) return [];
      return [
        {
          layer: before.name,
          message: `${before.name}: its bias has no effect, since ${layer.name} right after it subtracts the mean`,
          hint: 'Switch the bias off: batch norm has its own, beta.',
        },
      ];
    });
  },
  (network) => {
    const weighted = network.layers.filter((layer) => 'useBias' in layer);
    if (weighted.length < deep || network.layers.some(({ kind }) => normalising.includes(kind))) return [];
    return [
      {
        layer: null,
        message: `The network has ${weighted.length} layers with weights and no normalisation`,
        hint: 'Deep networks train far better with batchNorm after each convolution.',
      },
    ];
  },
  (_network, description, { batch, deviceBytes }) => {
    const needed = trainingBytes(description, batch);
    if (deviceBytes === null || needed <= deviceBytes) return [];
    return [
      {
        layer: null,
        message: `Training with batches of ${batch} needs about ${gigabytes(needed)}; the device has ${gigabytes(deviceBytes)}`,
        hint: 'Use smaller batches, smaller images or fewer filters.',
      },
    ];
  },
];

const hasBias = (layer: Layer): boolean => 'useBias' in layer && layer.useBias;
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const count = (number: number): string => number.toLocaleString('en');
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** The last layer that still has maps of more than one cell: after it everything is seen at once. */
function lastMaps(layers: readonly LayerDescription[]): LayerDescription | undefined {
  return layers.findLast(({ outputShape }) => outputShape?.length === 3);
}
