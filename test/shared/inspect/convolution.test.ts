import { describe, expect, it } from 'vitest';
import {
  channelSums,
  convolveFully,
  correlateFully,
  largestDifference,
  patchAt,
  planeOf,
  slideKernel,
  symmetricPart,
  turned,
} from '../../../src-main/shared/inspect/convolution.ts';
import type { Kernel, Plane } from '../../../src-main/shared/inspect/convolution.ts';
import { activations } from '../../../src-main/shared/inspect/sum.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

const plane = (...rows: number[][]): Plane => ({ size: [rows.length, rows[0]!.length], values: rows.flat() });
const randomPlane = (seed: number, height: number, width: number): Plane => {
  const random = createRandom(seed, `${height}x${width}`);
  return { size: [height, width], values: Array.from({ length: height * width }, () => random.next() - 0.5) };
};
const turnedPlane = ({ size, values }: Plane): Plane => ({ size, values: Array.from(values).reverse() });

describe('convolution and cross-correlation where they overlap at all', () => {
  it('agree with the definitions, worked by hand', () => {
    const [a, b] = [plane([1, 2]), plane([1, 3])];
    expect(Array.from(convolveFully(a, b).values)).toEqual([1, 5, 6]); // 1, 1 x 3 + 2 x 1, 2 x 3
    expect(Array.from(correlateFully(a, b).values)).toEqual([3, 7, 2]);
    // (1 + 2x)(1 + 3x) = 1 + 5x + 6x^2: polynomials multiply so, here in two variables.
    const product = convolveFully(plane([1, 2], [0, 1]), plane([1], [4]));
    expect([product.size, Array.from(product.values)]).toEqual([
      [3, 2],
      [1, 2, 4, 9, 0, 4],
    ]);
  });

  it.each([1, 2, 3])('convolution commutes, cross-correlation turns its result (%i)', (seed) => {
    const [a, b] = [randomPlane(seed, 6, 5), randomPlane(seed, 3, 2)];
    // The same products, added up in another order.
    expect(largestDifference(convolveFully(a, b).values, convolveFully(b, a).values)).toBeLessThan(1e-12);
    expect(largestDifference(correlateFully(a, b).values, correlateFully(b, a).values)).toBeGreaterThan(0.1);
    const back = turnedPlane(correlateFully(b, a));
    expect(largestDifference(correlateFully(a, b).values, back.values)).toBeLessThan(1e-12);
    expect(largestDifference(convolveFully(a, b).values, correlateFully(a, turnedPlane(b)).values)).toBeLessThan(1e-12);
  });
});

describe('a kernel on maps', () => {
  const kernel: Kernel = { size: [2, 2], channels: 2, values: [1, 10, 2, 20, 3, 30, 4, 40] };
  const input = {
    shape: [2, 3, 2] as [number, number, number],
    values: Float32Array.from({ length: 12 }, (_, at) => at),
  };

  it('turned by 180 degrees has each channel the other way round; twice is as before', () => {
    expect(Array.from(turned(kernel).values)).toEqual([4, 40, 3, 30, 2, 20, 1, 10]);
    expect(Array.from(turned(turned(kernel)).values)).toEqual(kernel.values);
  });

  it('made symmetric gives the same whichever way it is laid on', () => {
    const symmetric = symmetricPart(kernel);
    expect(Array.from(symmetric.values)).toEqual([2.5, 25, 2.5, 25, 2.5, 25, 2.5, 25]);
    const uneven = symmetricPart({ ...kernel, values: [1, 0, 5, 0, -2, 1, 4, 3] });
    const sliding = {
      strides: [1, 1],
      dilation: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
    } as const;
    const made = (of: Kernel) => slideKernel(input, of, structuredClone(sliding) as never, [1, 2]);
    expect([...made(turned(uneven))]).toEqual([...made(uneven)]);
    expect([...made(turned(kernel))]).not.toEqual([...made(kernel)]);
  });

  it('takes zeros from the padding, and with dilation every second cell', () => {
    const sliding = { strides: [1, 2] as [number, number], dilation: [1, 2] as [number, number] };
    const padded = {
      ...sliding,
      padding: [
        [1, 0],
        [0, 0],
      ] as [[number, number], [number, number]],
    };
    expect([...patchAt(input, kernel, padded, [0, 0])]).toEqual([0, 0, 0, 0, 0, 1, 4, 5]);
    // The taps of the lower row: 3 x 0 + 4 x 4 and 30 x 1 + 40 x 5.
    expect([...channelSums(patchAt(input, kernel, padded, [0, 0]), kernel)]).toEqual([16, 230]);
    expect([...slideKernel(input, kernel, padded, [1, 1])]).toEqual([246]);
  });

  it('of one channel is taken out by itself', () => {
    expect(Array.from(planeOf(kernel.values, [2, 2], 2, 1).values)).toEqual([10, 20, 30, 40]);
  });

  it('is far from one that is not a number', () => {
    expect(largestDifference([1, NaN], [1, 2])).toBeNaN();
    expect(largestDifference([1, -2], [4, -2.5])).toBe(3);
  });
});

it('activation functions have the values of their tables', () => {
  const at = (x: number) => Object.fromEntries(Object.entries(activations).map(([name, f]) => [name, f(x)]));
  expect(at(-1)).toEqual({
    relu: 0,
    relu6: 0,
    leakyRelu: expect.closeTo(-0.3, 7),
    elu: expect.closeTo(-0.6321206, 7),
    gelu: expect.closeTo(-0.1586553, 6),
    silu: expect.closeTo(-0.2689414, 7),
    sigmoid: expect.closeTo(0.2689414, 7),
    tanh: expect.closeTo(-0.7615942, 7),
    linear: -1,
  });
  expect(at(7)).toMatchObject({ relu: 7, relu6: 6, leakyRelu: 7, elu: 7, linear: 7, gelu: expect.closeTo(7, 6) });
});
