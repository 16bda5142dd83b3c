/** A layer's kernels, in one order whatever the layer. */
import { ReceptiveError } from '../../shared/errors.ts';
import { norm, kernelAt, relativeChanges, similarities } from '../../shared/inspect/kernels.ts';
import type { KernelReport, Kernels } from '../../shared/inspect/kernels.ts';
import type { Layer, Network } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';

/** Kernels whose similarity is computed at most, and numbers in the pictures of one answer at most. */
const comparedAtMost = 256;
const numbersAtOnce = 2 ** 20;

/** The weights of each kind of layer that are kernels. */
const kernelsOfKind: Partial<Record<Layer['kind'], string[]>> = {
  conv2d: ['kernel'],
  depthwiseConv2d: ['depthwiseKernel'],
  separableConv2d: ['depthwiseKernel', 'pointwiseKernel'],
  conv2dTranspose: ['kernel'],
  dense: ['kernel'],
};

/** The weights of a kind of layer that are kernels; none for most. */
export const kernelWeights = (kind: Layer['kind']): string[] => kernelsOfKind[kind] ?? [];

/**
 * All kernels of one of a layer's weights, as the model has them.
 * @throws ReceptiveError `usage` for a layer that has none, or no such weight
 */
export function kernelsOf(model: Model, network: Network, layer: string, weight?: string) {
  const spec = network.layers.find(({ name }) => name === layer);
  const weights = spec ? kernelWeights(spec.kind) : [];
  const chosen = weight ?? weights[0];
  if (!spec || chosen === undefined || !weights.includes(chosen)) {
    const found = spec ? `is ${spec.kind} and has no ${weight ?? 'kernels'}` : 'is not in the network';
    throw new ReceptiveError('usage', `${layer} ${found}.`);
  }
  const { size, channels } = network.input;
  // Weights are no work to compute, but a session wants its image.
  const anyImage = new Uint8Array(size[0] * size[1] * channels);
  const name = `${layer}/${chosen}`;
  const { shape, values } = model.fetch(anyImage, [name])[name]!;
  return { weights, weight: chosen, kernels: inOrder(spec, chosen, shape, values) };
}

/**
 * From TensorFlow's [height, width, channels, filters], a transposed convolution's [height, width, filters, channels], a
 * depthwise [height, width, channels, multiplier] and a dense [channels, units].
 */
function inOrder(spec: Layer, weight: string, shape: readonly number[], values: Float32Array): Kernels {
  const [height, width, third, fourth] = (shape.length === 4 ? shape : [1, 1, ...shape]) as [
    number,
    number,
    number,
    number,
  ];
  const isDepthwise = weight === 'depthwiseKernel';
  const [channels, count] = isDepthwise
    ? [1, third * fourth]
    : spec.kind === 'conv2dTranspose'
      ? [fourth, third]
      : [third, fourth];
  const ordered = new Float32Array(values.length);
  const taps = height * width;
  for (let at = 0; at < values.length; at++) {
    const tap = Math.floor(at / (third * fourth));
    const [row, column] = [Math.floor(at / fourth) % third, at % fourth];
    const [channel, kernel] = isDepthwise
      ? [0, row * fourth + column]
      : spec.kind === 'conv2dTranspose'
        ? [column, row]
        : [row, column];
    ordered[(kernel * taps + tap) * channels + channel] = values[at]!;
  }
  return { size: [height, width], channels, count, values: ordered };
}

/** As many kernels from `first` on as travel at once. */
function part(kernels: Kernels, first: number): Kernels {
  const length = kernels.values.length / kernels.count;
  const count = Math.min(kernels.count - first, Math.max(1, Math.floor(numbersAtOnce / length)));
  return { ...kernels, count, values: kernels.values.slice(first * length, (first + count) * length) };
}

/** What is told of a layer's kernels, against `before` where given: the same weight of other weights of the network. */
export function kernelReport(
  layer: string,
  { weights, weight, kernels }: ReturnType<typeof kernelsOf>,
  first: number,
  before: Kernels | null,
): KernelReport {
  if (first >= kernels.count) throw new ReceptiveError('usage', `${layer} has no kernel ${first}.`);
  if (before && before.values.length !== kernels.values.length)
    throw new ReceptiveError('usage', `${layer} has kernels of another shape there: they cannot be compared.`);
  const similar = Math.min(kernels.count, comparedAtMost);
  return {
    layer,
    weights,
    weight,
    first,
    kernels: part(kernels, first),
    all: kernels.count,
    norms: Float32Array.from({ length: kernels.count }, (_, number) => norm(kernelAt(kernels, number))),
    similarity: similarities(kernels, similar),
    similar,
    change: before && { kernels: part(before, first), relative: relativeChanges(kernels, before) },
  };
}
