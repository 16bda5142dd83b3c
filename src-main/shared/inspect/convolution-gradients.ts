/** The gradients of a convolution, made of cross-correlations again, one plane (a map of one channel) at a time. */
import type { ExplicitPadding } from '../network/shapes.ts';
import type { Pair } from '../network/spec.ts';

export interface Plane {
  height: number;
  width: number;
  /** Row by row. */
  values: Float64Array | Float32Array;
}

/** A convolution's strides, dilation and zeros around its input. */
export interface Geometry {
  strides: Pair;
  dilation: Pair;
  padding: ExplicitPadding;
}

export function newPlane(height: number, width: number): Plane {
  return { height, width, values: new Float64Array(height * width) };
}

/** Turned by 180 degrees. */
export const turn = ({ height, width, values }: Plane): Plane => ({ height, width, values: values.toReversed() });

/** With zeros between the cells, so that they are `rate` apart. */
export function dilate({ height, width, values }: Plane, [down, across]: Pair): Plane {
  const wide = newPlane((height - 1) * down + 1, (width - 1) * across + 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) wide.values[y * down * wide.width + x * across] = values[y * width + x]!;
  }
  return wide;
}

/** With zeros around, or cells less where a number is below 0. */
export function pad({ height, width, values }: Plane, [[top, bottom], [left, right]]: ExplicitPadding): Plane {
  const padded = newPlane(height + top + bottom, width + left + right);
  for (let y = Math.max(0, -top); y < Math.min(height, height + bottom); y++) {
    for (let x = Math.max(0, -left); x < Math.min(width, width + right); x++) {
      padded.values[(y + top) * padded.width + x + left] = values[y * width + x]!;
    }
  }
  return padded;
}

/** Adds to `sum` at (a, b): the sum over (y, x) of image(a step + y, b step + x) template(y, x), for every place in `sum`. */
export function addCrossCorrelation(sum: Plane, image: Plane, template: Plane, step: Pair = [1, 1]): void {
  for (let y = 0; y < template.height; y++) {
    for (let x = 0; x < template.width; x++) {
      const share = template.values[y * template.width + x]!;
      if (share === 0) continue; // most of a dilated plane
      for (let a = 0; a < sum.height; a++) {
        const from = (a * step[0] + y) * image.width + x;
        for (let b = 0; b < sum.width; b++) {
          sum.values[a * sum.width + b]! += share * image.values[from + b * step[1]]!;
        }
      }
    }
  }
}

/**
 * dL/dW of one kernel plane: the cross-correlation of the padded input with delta, which is dilated by the convolution's
 * strides, at steps of its dilation.
 */
export function addKernelGradient(
  sum: Plane,
  input: Plane,
  delta: Plane,
  { strides, dilation, padding }: Geometry,
): void {
  addCrossCorrelation(sum, pad(input, padding), dilate(delta, strides), dilation);
}

/**
 * A share of dL/dx of one input plane: the full convolution of delta, dilated by the strides, with the kernel, dilated as
 * it is; that is the cross-correlation of delta, with zeros all around, with the kernel turned by 180 degrees.
 */
export function addInputGradient(sum: Plane, delta: Plane, kernel: Plane, geometry: Geometry): void {
  const turned = turn(dilate(kernel, geometry.dilation));
  addCrossCorrelation(sum, surround(delta, turned, [sum.height, sum.width], geometry), turned);
}

/** Delta dilated by the strides and laid in zeros, as far as the turned kernel reaches from any cell of the input. */
export function surround(delta: Plane, turned: Plane, [height, width]: Pair, { strides, padding }: Geometry): Plane {
  const wide = dilate(delta, strides);
  const around = (axis: 0 | 1, extent: number, length: number, dilated: number): Pair => {
    const before = extent - 1 - padding[axis][0];
    return [before, length + extent - 1 - dilated - before];
  };
  return pad(wide, [around(0, turned.height, height, wide.height), around(1, turned.width, width, wide.width)]);
}

/** The largest difference over the largest value of `exact`; 0 where both are nothing. */
export function relativeDifference(exact: ArrayLike<number>, other: ArrayLike<number>): number {
  let [largest, difference] = [0, 0];
  for (let i = 0; i < exact.length; i++) {
    largest = Math.max(largest, Math.abs(exact[i]!));
    difference = Math.max(difference, Math.abs(exact[i]! - other[i]!));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** One gradient by the network's own back-propagation and as a convolution. */
export interface BothWays {
  engine: Plane;
  convolution: Plane;
  /** Relative to the largest value, over all that was computed both ways; not of this plane alone. */
  difference: number;
}

/** Of one filter and one input channel, for the loss of one image in inference mode. */
export interface ConvolutionGradients extends Geometry {
  layer: string;
  filter: number;
  filters: number;
  channel: number;
  channels: number;
  input: Plane;
  kernel: Plane;
  /** The gradient of the loss by the filter's output. */
  delta: Plane;
  kernelGradient: BothWays;
  /** Summed over all filters. */
  inputGradient: BothWays;
  /** Input channels whose gradients were computed both ways, with all filters. */
  checked: number;
}
