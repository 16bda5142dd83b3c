/** Output shapes: one small pure function a rule, agreeing with the model that TensorFlow builds. */
import type { Layer, LayerOf, Padding, Pair, Shape, Sides } from './spec.ts';

/** A window that slides over a map: that of a convolution or a pooling layer. */
export interface SlidingWindow {
  kernel: Pair;
  strides: Pair;
  dilation: Pair;
  padding: Padding;
}

/** Zeros before and after: [[top, bottom], [left, right]]. */
export type ExplicitPadding = Sides;

/** The layer's sliding window; null for kinds without one. */
export function windowOf(layer: Layer): SlidingWindow | null {
  switch (layer.kind) {
    case 'conv2d':
      return {
        kernel: layer.kernelSize,
        strides: layer.strides,
        dilation: layer.dilationRate,
        padding: layer.padding,
      };
    case 'depthwiseConv2d':
    case 'separableConv2d':
      return { kernel: layer.kernelSize, strides: layer.strides, dilation: [1, 1], padding: layer.padding };
    case 'maxPool':
    case 'avgPool':
      return {
        kernel: layer.poolSize,
        strides: layer.strides ?? layer.poolSize,
        dilation: [1, 1],
        padding: layer.padding,
      };
    default:
      return null;
  }
}

/** Cells from a kernel's first to its last tap: 3 taps, dilation 2 -> 5. */
function kernelExtent(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/** The same on both axes: 3x5 kernel, dilation 2x1 -> 5x5. */
export function kernelExtents(window: SlidingWindow): Pair {
  const { kernel, dilation } = window;
  return [kernelExtent(kernel[0], dilation[0]), kernelExtent(kernel[1], dilation[1])];
}

/**
 * The padding as zeros before and after on each axis, [[top, bottom], [left, right]].
 * "same" is TensorFlow's: as much as output ceil(l / s) needs, the smaller half first.
 * 28x28, 3x3 "same", stride 1 -> [[1, 1], [1, 1]]; 28x28, 3x3 "same", stride 2 -> [[0, 1], [0, 1]]
 */
export function resolvePadding(window: SlidingWindow, input: Pair): ExplicitPadding {
  const { padding, strides } = window;
  const extents = kernelExtents(window);
  return [
    axisPadding(padding, 0, input[0], extents[0], strides[0]),
    axisPadding(padding, 1, input[1], extents[1], strides[1]),
  ];
}

function axisPadding(padding: Padding, axis: 0 | 1, length: number, extent: number, stride: number): Pair {
  if (padding === 'valid') return [0, 0];
  if (padding === 'same') {
    const total = Math.max((Math.ceil(length / stride) - 1) * stride + extent - length, 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  }
  return [padding[axis], padding[axis]];
}

/**
 * Cells along one axis: floor((l + padding - k) / s) + 1; 0 or less when the kernel does not fit.
 * 28 cells, 5 taps, no padding, stride 1 -> 24; 28 cells, 3 taps, 2 zeros in sum, stride 2 -> 14
 */
export function outputLength(length: number, extent: number, padding: number, stride: number): number {
  return Math.floor((length + padding - extent) / stride) + 1;
}

/** 28x28, 5x5 valid, stride 1 -> 24x24; 7x7, 3x3 same, stride 2 -> 4x4; 32x32, 2x2 pool -> 16x16 */
export function windowOutput(window: SlidingWindow, input: Pair): Pair {
  const [[top, bottom], [left, right]] = resolvePadding(window, input);
  const extents = kernelExtents(window);
  return [
    outputLength(input[0], extents[0], top + bottom, window.strides[0]),
    outputLength(input[1], extents[1], left + right, window.strides[1]),
  ];
}

type Transposed = LayerOf<'conv2dTranspose'>;

/**
 * Cells along one axis of a transposed convolution. "valid": all that any tap reaches, and the gap after the last cell
 * where strides are larger than the kernel, as in Keras; "same": l s; zeros p: (l - 1) s + k - 2p, as in PyTorch.
 * 7 cells, 4 taps, stride 2: valid 16, same 14, padding 1 -> 14
 */
export function transposedLength(length: number, { kernelSize, strides, padding }: Transposed, axis: 0 | 1): number {
  const [kernel, stride] = [kernelSize[axis], strides[axis]];
  if (padding === 'same') return length * stride;
  if (padding === 'valid') return length * stride + Math.max(kernel - stride, 0);
  return (length - 1) * stride + kernel - 2 * padding[axis];
}

/** Cells at the beginning of one axis that a transposed convolution computes and leaves out. 4 taps, stride 2, same -> 1 */
export function transposedCut({ kernelSize, strides, padding }: Transposed, axis: 0 | 1): number {
  if (padding === 'valid') return 0;
  if (padding === 'same') return Math.floor(Math.max(kernelSize[axis] - strides[axis], 0) / 2);
  return padding[axis];
}

/** Both axes longer by so many cells at their ends; shorter where these are below 0. */
function widen(input: Shape, [[top, bottom], [left, right]]: ExplicitPadding): Shape {
  return input.length === 1 ? input : [input[0] + top + bottom, input[1] + left + right, input[2]];
}

/** 32x32x16 -> 16384 */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The number of channels of maps, or of units of a vector. */
export function channelCount(shape: Shape): number {
  return shape[shape.length - 1] ?? 0;
}

/**
 * The shape a layer gives for inputs that suit it (`inputProblem` says whether they do).
 * conv2d with 6 filters, 5x5 valid: [32, 32, 1] -> [28, 28, 6]; flatten: [5, 5, 16] -> [400];
 * conv2dTranspose with 8 filters, 4x4, strides 2, same: [7, 7, 3] -> [14, 14, 8]; cropping2d by 1: [8, 8, 3] -> [6, 6, 3]
 * globalAvgPool: [8, 8, 64] -> [64]; concat: [8, 8, 16], [8, 8, 3] -> [8, 8, 19]
 */
export function outputShape(layer: Layer, inputs: readonly Shape[], classes: number): Shape {
  const input = inputs[0] ?? [0];
  switch (layer.kind) {
    case 'conv2d':
      return slide(layer, input, layer.filters);
    case 'depthwiseConv2d':
      return slide(layer, input, channelCount(input) * layer.depthMultiplier);
    case 'separableConv2d':
      return slide(layer, input, layer.filters);
    case 'conv2dTranspose':
      return input.length === 1
        ? input
        : [transposedLength(input[0], layer, 0), transposedLength(input[1], layer, 1), layer.filters];
    case 'upSampling2d':
      return input.length === 1 ? input : [input[0] * layer.size[0], input[1] * layer.size[1], input[2]];
    case 'zeroPadding2d':
      return widen(input, layer.padding);
    case 'cropping2d':
      return widen(input, negative(layer.cropping));
    case 'maxPool':
    case 'avgPool':
      return slide(layer, input, channelCount(input));
    case 'globalAvgPool':
    case 'globalMaxPool':
      return [channelCount(input)];
    case 'flatten':
      return [elementCount(input)];
    case 'dense':
      return [layer.units === 'classes' ? classes : layer.units];
    case 'concat': {
      const channels = inputs.reduce((sum, shape) => sum + channelCount(shape), 0);
      return input.length === 1 ? [channels] : [input[0], input[1], channels];
    }
    case 'batchNorm':
    case 'layerNorm':
    case 'groupNorm':
    case 'activation':
    case 'dropout':
    case 'add':
      return input;
  }
}

const negative = (sides: ExplicitPadding): ExplicitPadding =>
  sides.map((pair) => pair.map((n) => -n)) as ExplicitPadding;

function slide(layer: Layer, input: Shape, channels: number): Shape {
  const window = windowOf(layer);
  if (window === null || input.length === 1) return input;
  const [height, width] = windowOutput(window, [input[0], input[1]]);
  return [height, width, channels];
}
