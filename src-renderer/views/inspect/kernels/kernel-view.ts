import type { Range } from '../../../../src-main/shared/colors.ts';

/** Three channels in colour, every channel of a 1x1 kernel as a cell, or one channel. */
export type KernelView = 'colour' | 'channels' | number;

/** Half of the brightness is 0; the largest weight of the layer reaches one end. `range`: as far below 0 as above it. */
export const kernelPixels = (values: Float32Array, range: Range): Uint8Array =>
  Uint8Array.from(values, (value) => Math.round(127.5 + (127.5 * value) / range.max));
