import type { Random } from '../../../shared/random.ts';
import type { InitializerName } from '../../../shared/run.ts';
import type { Initializer } from './layer.ts';

const elements = (shape: number[]): number => shape.reduce((product, size) => product * size, 1);

export const zeros: Initializer = (shape) => new Float32Array(elements(shape));
export const ones: Initializer = (shape) => new Float32Array(elements(shape)).fill(1);

/**
 * Uniform in [-a, a) with a = sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010), Keras' default for kernels. The last
 * two dimensions are channels in and out; those before them, the window, multiply both. A 3x3 kernel from 1 to 16
 * channels: fanIn 9, fanOut 144, a = 0.198.
 */
export const glorotUniform: Initializer = (shape, random: Random) => {
  const [channelsIn, channelsOut] = shape.slice(-2) as [number, number];
  const limit = Math.sqrt(6 / (elements(shape.slice(0, -2)) * (channelsIn + channelsOut)));
  return Float32Array.from({ length: elements(shape) }, () => (random.next() * 2 - 1) * limit);
};

/** How kernels begin: `scale` is the standard deviation of normal. */
export interface KernelStart {
  name: InitializerName;
  scale: number;
}

/**
 * How a kernel begins of which `fanIn` numbers add up to one output: glorot as above, he normal with standard deviation
 * sqrt(2 / fanIn), which keeps the variance through ReLUs (He et al. 2015), or normal with the given one.
 */
export function kernelInitializer({ name, scale }: KernelStart, fanIn: number): Initializer {
  switch (name) {
    case 'glorot':
      return glorotUniform;
    case 'he':
      return normal(Math.sqrt(2 / fanIn));
    case 'normal':
      return normal(scale);
  }
}

const normal =
  (deviation: number): Initializer =>
  (shape, random) =>
    Float32Array.from({ length: elements(shape) }, () => random.normal() * deviation);
