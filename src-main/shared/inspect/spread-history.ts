/** How a network's numbers are spread while a run trains: which tensors are recorded, and what of each. */
import { layersInUse, topologicalOrder } from '../network/graph.ts';
import { findingsOf, isKernel } from './distributions.ts';
import type { Layer, LayerKind, Network } from '../network/spec.ts';

/** Bins of a recorded histogram, equal from the least to the largest value. */
export const spreadBins = 32;

/**
 * What is recorded of a tensor beside its histogram: least and largest value, root mean square, shares of exact zeros, of
 * values that are NaN or infinite, and of values at a flat end of the layer's function (-1 where it has none).
 */
export const spreadFigures = ['least', 'largest', 'size', 'zeros', 'broken', 'saturated'] as const;
export type SpreadFigure = (typeof spreadFigures)[number];

/** Numbers, float32, in the record of one tensor, however large it is. */
export const spreadLength = spreadFigures.length + spreadBins;

/** A layer's output or one of its variables, or the gradient of the batch's mean loss by it. */
export interface RecordedTensor {
  layer: string;
  kind: LayerKind;
  /** "output", or a variable's: "kernel", "gamma", ... */
  field: string;
  isGradient: boolean;
}

/** Its name within its layer. */
export const tensorName = ({ field, isGradient }: Pick<RecordedTensor, 'field' | 'isGradient'>): string =>
  isGradient ? `${field}/gradient` : field;

/** Its name in a model. */
export const tensorOf = (tensor: Omit<RecordedTensor, 'kind'>): string => `${tensor.layer}/${tensorName(tensor)}`;

/** What training changes of a layer by gradients. */
function trainedFields(layer: Layer): string[] {
  const bias = 'useBias' in layer && layer.useBias ? ['bias'] : [];
  switch (layer.kind) {
    case 'conv2d':
    case 'conv2dTranspose':
    case 'dense':
      return ['kernel', ...bias];
    case 'depthwiseConv2d':
      return ['depthwiseKernel', ...bias];
    case 'separableConv2d':
      return ['depthwiseKernel', 'pointwiseKernel', ...bias];
    case 'batchNorm':
    case 'layerNorm':
    case 'groupNorm':
      return ['gamma', 'beta'];
    default:
      return [];
  }
}

/** In the order of the record: of each layer that reaches the output, in the order in which they are computed. */
export function recordedTensors(network: Network): RecordedTensor[] {
  const used = layersInUse(network);
  return topologicalOrder(network)
    .map((index) => network.layers[index]!)
    .filter(({ name }) => used.has(name))
    .flatMap((layer) =>
      ['output', ...trainedFields(layer)].flatMap((field) =>
        [false, true].map((isGradient) => ({ layer: layer.name, kind: layer.kind, field, isGradient })),
      ),
    );
}

/** The records of one tensor: a figure has one number a step, the counts are [steps, spreadBins], row by row. */
export interface TensorHistory extends Pick<RecordedTensor, 'field' | 'isGradient'> {
  figures: Record<SpreadFigure, Float32Array>;
  counts: Float32Array;
}

/** What was wrong with a network while it trained, from the first record that shows it. */
export interface SpreadWarning {
  kind: 'vanishing' | 'exploding' | 'broken' | 'none' | 'dead';
  /** Of vanishing and exploding gradients the first layer with a kernel. */
  layer: string;
  /** Steps done. */
  since: number;
  /** Of the last record that shows it; null where that is the last of all. */
  until: number | null;
}

export interface SpreadHistory {
  /** Steps done, ascending. */
  steps: number[];
  /** Of one layer. */
  tensors: TensorHistory[];
  /** Of the whole network, in the order in which they appeared. */
  warnings: SpreadWarning[];
}

/** A row of the record: the number of steps done, then `spreadLength` numbers for each recorded tensor. */
export type SpreadRow = Float32Array;

const figureAt = (row: SpreadRow, tensor: number, figure: SpreadFigure): number =>
  row[1 + tensor * spreadLength + spreadFigures.indexOf(figure)]!;

export function historyOf(
  tensors: readonly RecordedTensor[],
  rows: readonly SpreadRow[],
  layer: string,
): SpreadHistory {
  const steps = rows.map((row) => row[0]!);
  return {
    steps,
    tensors: tensors.flatMap((tensor, at) => (tensor.layer === layer ? [tensorHistory(tensor, at, rows)] : [])),
    warnings: warningsOf(rows.map((row) => ({ step: row[0]!, found: troublesOf(tensors, row) }))),
  };
}

function tensorHistory({ field, isGradient }: RecordedTensor, at: number, rows: readonly SpreadRow[]): TensorHistory {
  const figures = spreadFigures.map((figure) => [figure, Float32Array.from(rows, (row) => figureAt(row, at, figure))]);
  const counts = new Float32Array(rows.length * spreadBins);
  const from = 1 + at * spreadLength + spreadFigures.length;
  rows.forEach((row, step) => counts.set(row.subarray(from, from + spreadBins), step * spreadBins));
  return { field, isGradient, figures: Object.fromEntries(figures) as TensorHistory['figures'], counts };
}

type Trouble = Pick<SpreadWarning, 'kind' | 'layer'>;

/** What one record shows. */
function troublesOf(tensors: readonly RecordedTensor[], row: SpreadRow): Trouble[] {
  const kernels: Parameters<typeof findingsOf>[0][number][] = [];
  const troubles: Trouble[] = [];
  tensors.forEach(({ layer, kind, field, isGradient }, at) => {
    const size = figureAt(row, at, 'size');
    // A sample may have passed over what is broken; the size of all values shows it.
    const broken = Number.isFinite(size) ? figureAt(row, at, 'broken') : 1;
    if (isGradient && isKernel(field)) kernels.push({ name: layer, size, broken });
    else if (broken > 0) troubles.push({ kind: 'broken', layer });
    if (kind === 'activation' && field === 'output' && !isGradient && figureAt(row, at, 'zeros') === 1)
      troubles.push({ kind: 'dead', layer });
  });
  const gradients = findingsOf(kernels).map((one) => ({
    kind: one.kind,
    layer: 'layer' in one ? one.layer : one.first,
  }));
  return [...troubles, ...gradients];
}

function warningsOf(records: readonly { step: number; found: Trouble[] }[]): SpreadWarning[] {
  const warnings = new Map<string, SpreadWarning>();
  const last = records.at(-1)?.step;
  for (const { step, found } of records) {
    for (const { kind, layer } of found) {
      const key = `${kind} ${layer}`;
      const since = warnings.get(key)?.since ?? step;
      warnings.set(key, { kind, layer, since, until: step === last ? null : step });
    }
  }
  return [...warnings.values()];
}
