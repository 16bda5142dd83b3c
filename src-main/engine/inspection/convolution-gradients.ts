import { ReceptiveError } from '../../shared/errors.ts';
import {
  addInputGradient,
  addKernelGradient,
  newPlane,
  relativeDifference,
} from '../../shared/inspect/convolution-gradients.ts';
import type { ConvolutionGradients, Geometry, Plane } from '../../shared/inspect/convolution-gradients.ts';
import { inputsOf, layersInUse, resolvePadding, windowOf } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import { lossGradient } from './loss-gradient.ts';
import { outputOf } from './maps.ts';

/** Multiplications that computing the gradients anew may take. */
const budget = 2e8;

export interface ConvolutionChoice {
  layer: string;
  filter: number;
  channel: number;
  /** The class that the loss is against. */
  target: number;
}

/**
 * The gradients of a conv2d layer by its kernel and by its input, by back-propagation and as convolutions. As many input
 * channels, `channel` first, are computed both ways as can be in little time.
 * @throws ReceptiveError `usage` for other layers, and filters and channels that it does not have
 */
export function convolutionGradients(
  model: Model,
  network: Network,
  pixels: Uint8Array,
  { layer, filter, channel, target }: ConvolutionChoice,
): ConvolutionGradients {
  const index = network.layers.findIndex(({ name }) => name === layer);
  const spec = network.layers[index];
  if (spec?.kind !== 'conv2d' || !layersInUse(network).has(layer)) {
    throw new ReceptiveError('usage', `${layer} is no convolution (conv2d) that reaches the output.`);
  }
  const source = inputsOf(network)[index]![0]!;
  const { inputs, weights } = lossGradient(model, pixels, target);
  const [delta, byKernel, byInput, kernelName] = [
    `${outputOf(layer)}/gradient`,
    `${layer}/kernel/gradient`,
    `${layer}/inputs/0/gradient`,
    `${layer}/kernel`,
  ] as const;
  const found = model.explain(inputs, weights, [delta, byKernel, byInput, kernelName]);
  // What is fed cannot be fetched.
  const entering = model.fetch(pixels, [outputOf(source)])[outputOf(source)]!;
  const [, height, width, channels] = entering.shape as [number, number, number, number];
  const [, rows, columns, filters] = found[delta]!.shape as [number, number, number, number];
  if (filter >= filters || channel >= channels) {
    throw new ReceptiveError('usage', `${layer} has ${filters} filters and ${channels} input channels.`);
  }
  const window = windowOf(spec)!;
  const geometry: Geometry = {
    strides: window.strides,
    dilation: window.dilation,
    padding: resolvePadding(window, [height, width]),
  };
  const [kernelHeight, kernelWidth] = spec.kernelSize;
  const kernelOf = (values: Float32Array, of: number, by: number) =>
    planeOf(values, [kernelHeight, kernelWidth], channels * filters, of * filters + by);
  const deltas = Array.from({ length: filters }, (_, one) =>
    planeOf(found[delta]!.values, [rows, columns], filters, one),
  );

  const cost = 2 * kernelHeight * kernelWidth * rows * columns * filters;
  const checked = Math.min(channels, Math.max(1, Math.floor(budget / cost)));
  const order = [channel, ...Array.from({ length: channels }, (_, one) => one).filter((one) => one !== channel)];
  const [exact, again] = [
    { kernel: [] as number[], input: [] as number[] },
    { kernel: [] as number[], input: [] as number[] },
  ];
  let [kernelGradient, inputGradient] = [newPlane(0, 0), newPlane(0, 0)];
  for (const one of order.slice(0, checked)) {
    const input = planeOf(entering.values, [height, width], channels, one);
    const byInputAgain = newPlane(height, width);
    for (let by = 0; by < filters; by++) {
      const byKernelAgain = newPlane(kernelHeight, kernelWidth);
      addKernelGradient(byKernelAgain, input, deltas[by]!, geometry);
      addInputGradient(byInputAgain, deltas[by]!, kernelOf(found[kernelName]!.values, one, by), geometry);
      extend(exact.kernel, kernelOf(found[byKernel]!.values, one, by));
      extend(again.kernel, byKernelAgain);
      if (one === channel && by === filter) kernelGradient = byKernelAgain;
    }
    extend(exact.input, planeOf(found[byInput]!.values, [height, width], channels, one));
    extend(again.input, byInputAgain);
    if (one === channel) inputGradient = byInputAgain;
  }
  return {
    ...geometry,
    ...{ layer, filter, filters, channel, channels, checked },
    input: planeOf(entering.values, [height, width], channels, channel),
    kernel: kernelOf(found[kernelName]!.values, channel, filter),
    delta: deltas[filter]!,
    kernelGradient: {
      engine: kernelOf(found[byKernel]!.values, channel, filter),
      convolution: kernelGradient,
      difference: relativeDifference(exact.kernel, again.kernel),
    },
    inputGradient: {
      engine: planeOf(found[byInput]!.values, [height, width], channels, channel),
      convolution: inputGradient,
      difference: relativeDifference(exact.input, again.input),
    },
  };
}

/** Every `step`th number from `from` on. */
function planeOf(values: Float32Array, [height, width]: [number, number], step: number, from: number): Plane {
  return { height, width, values: Float32Array.from({ length: height * width }, (_, at) => values[at * step + from]!) };
}

/** Spreading a large plane into the arguments of push would overflow the stack. */
function extend(list: number[], { values }: Plane): void {
  for (const value of values) list.push(value);
}
