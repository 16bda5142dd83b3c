/**
 * The arithmetic of a layer with its own numbers put in, as a text book would write it:
 * "floor((28 + 2×1 − 3) / 2) + 1 = 14". Each formula's result is the figure that `describeNetwork` gives.
 */
import { multiplyAccumulatesOf, parametersOf } from './cost.ts';
import { channelCount, elementCount, kernelExtents, outputShape, resolvePadding, windowOf } from './shapes.ts';
import { transposedLength } from './shapes.ts';
import type { SlidingWindow } from './shapes.ts';
import type { Layer, LayerOf, Shape } from './spec.ts';

export interface Formula {
  /** What is computed. */
  of: 'height' | 'width' | 'channels' | 'units' | 'parameters' | 'multiplyAccumulates';
  /** The layer's numbers and their result: "16 × 3 × 3 × 3 + 16 = 448". */
  text: string;
  value: number;
}

/** Of a layer whose inputs suit it; empty for one that changes neither shape nor numbers, such as an activation. */
export function formulasOf(layer: Layer, inputs: readonly Shape[], classes: number): Formula[] {
  const output = outputShape(layer, inputs, classes);
  const input = inputs[0] ?? [0];
  const cost = {
    parameters: parametersOf(layer, input, output).params,
    macs: multiplyAccumulatesOf(layer, input, output),
  };
  return [...shapeFormulas(layer, inputs, output), ...costFormulas(layer, input, output, cost)];
}

const formula = (of: Formula['of'], left: string, value: number): Formula => ({
  of,
  text: `${left} = ${value}`,
  value,
});

function shapeFormulas(layer: Layer, inputs: readonly Shape[], output: Shape): Formula[] {
  const input = inputs[0] ?? [0];
  if (layer.kind === 'flatten') return [formula('units', input.join(' × '), elementCount(input))];
  if (layer.kind === 'concat') {
    const sum = inputs.map((shape) => channelCount(shape)).join(' + ');
    return [formula(output.length === 1 ? 'units' : 'channels', sum, channelCount(output))];
  }
  if (input.length !== 3 || output.length !== 3) return [];
  return ([0, 1] as const).flatMap((axis) => {
    const left = lengthFormula(layer, input, axis);
    return left === null ? [] : [formula(axis === 0 ? 'height' : 'width', left, output[axis])];
  });
}

/** The left side for one axis; null for kinds that keep height and width. */
function lengthFormula(layer: Layer, input: [number, number, number], axis: 0 | 1): string | null {
  const length = input[axis];
  switch (layer.kind) {
    case 'conv2dTranspose':
      return transposedFormula(layer, length, axis);
    case 'upSampling2d':
      return `${length} × ${layer.size[axis]}`;
    case 'zeroPadding2d':
      return `${length} + ${layer.padding[axis].join(' + ')}`;
    case 'cropping2d':
      return `${length} − ${layer.cropping[axis].join(' − ')}`;
    default: {
      const window = windowOf(layer);
      return window === null ? null : windowFormula(window, input, axis);
    }
  }
}

/** floor((l + 2p - k) / s) + 1, with k as the extent of a dilated kernel. "same" pads by what its rule ceil(l / s) needs. */
function windowFormula(window: SlidingWindow, input: [number, number, number], axis: 0 | 1): string {
  const [before, after] = resolvePadding(window, [input[0], input[1]])[axis];
  const padding = before === after ? `2×${before}` : `${before} + ${after}`;
  const kernel = window.kernel[axis];
  const dilation = window.dilation[axis];
  const extent = dilation === 1 ? `${kernelExtents(window)[axis]}` : `(${dilation}×(${kernel} − 1) + 1)`;
  return `floor((${input[axis]} + ${padding} − ${extent}) / ${window.strides[axis]}) + 1`;
}

function transposedFormula(layer: LayerOf<'conv2dTranspose'>, length: number, axis: 0 | 1): string {
  const [kernel, stride] = [layer.kernelSize[axis], layer.strides[axis]];
  if (layer.padding === 'same') return `${length} × ${stride}`;
  if (layer.padding === 'valid') return `${length} × ${stride} + max(${kernel} − ${stride}, 0)`;
  const full = `(${length} − 1) × ${stride} + ${kernel} − 2×${layer.padding[axis]}`;
  return transposedLength(length, layer, axis) > 0 ? full : `max(${full}, 0)`;
}

function costFormulas(
  layer: Layer,
  input: Shape,
  output: Shape,
  cost: { parameters: number; macs: number },
): Formula[] {
  const both = (parameters: string, macs: string): Formula[] => [
    formula('parameters', parameters, cost.parameters),
    formula('multiplyAccumulates', macs, cost.macs),
  ];
  const channels = channelCount(input);
  const bias = (count: number): string => ('useBias' in layer && layer.useBias ? ` + ${count}` : '');
  switch (layer.kind) {
    case 'conv2d': {
      const weights = `${channels} × ${layer.filters} × ${layer.kernelSize.join(' × ')}`;
      return both(weights + bias(layer.filters), `${weights} × ${output.slice(0, 2).join(' × ')}`);
    }
    case 'conv2dTranspose': {
      const weights = `${channels} × ${layer.filters} × ${layer.kernelSize.join(' × ')}`;
      return both(weights + bias(layer.filters), `${weights} × ${input.slice(0, 2).join(' × ')}`);
    }
    case 'depthwiseConv2d': {
      const weights = `${channels} × ${layer.depthMultiplier} × ${layer.kernelSize.join(' × ')}`;
      return both(weights + bias(channelCount(output)), `${weights} × ${output.slice(0, 2).join(' × ')}`);
    }
    case 'separableConv2d': {
      const between = `${channels} × ${layer.depthMultiplier}`;
      const weights = `${between} × (${layer.kernelSize.join(' × ')} + ${layer.filters})`;
      return both(weights + bias(layer.filters), `${weights} × ${output.slice(0, 2).join(' × ')}`);
    }
    case 'dense': {
      const weights = `${channels} × ${channelCount(output)}`;
      return both(weights + bias(channelCount(output)), weights);
    }
    case 'batchNorm':
    case 'layerNorm':
    case 'groupNorm':
      return [formula('parameters', `2 × ${channels}`, cost.parameters)];
    default:
      return [];
  }
}
