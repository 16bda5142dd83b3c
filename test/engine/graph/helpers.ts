import { expect } from 'vitest';
import { networkSchema } from '../../../src-main/shared/network/spec.ts';
import type { Network, NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { Model } from '../../../src-main/engine/graph/model.ts';
import type { ModelOptions } from '../../../src-main/engine/graph/model-options.ts';

export function network(
  layers: NetworkJson['layers'],
  input: NetworkJson['input'] = { size: [7, 6], channels: 2 },
): Network {
  return networkSchema.parse({ input, layers });
}

/** Runs `use` with a new model and disposes of it. */
export async function withModel(
  net: Network,
  classes: number,
  options: ModelOptions,
  use: (model: Model) => void | Promise<void>,
): Promise<void> {
  const model = Model.create(net, classes, options);
  try {
    await use(model);
  } finally {
    model.dispose();
  }
}

/** Moves every weight and statistic away from its initial value; variances stay positive. */
export function perturb(model: Model, seed: number): void {
  const random = createRandom(seed);
  const weights = model.readWeights().map((tensor, i) => {
    const role = model.variables[i]?.role;
    const shift = (): number => (role === 'weight' || role === 'statistic' ? random.next() * 0.4 - 0.1 : 0);
    return { ...tensor, values: tensor.values.map((value) => value + shift()) };
  });
  model.writeWeights(weights);
}

export function randomImages({ input }: Network, batch: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length: batch * input.size[0] * input.size[1] * input.channels }, () => random.int(256));
}

export function randomLabels(batch: number, classes: number, seed: number): Int32Array {
  const random = createRandom(seed, 'labels');
  return Int32Array.from({ length: batch }, () => random.int(classes));
}

export const scaled = (pixels: Uint8Array): Float32Array => Float32Array.from(pixels, (value) => value / 255);

/** Every number within `tolerance` of the largest one of `expected` (or of 0.1 where all are small). */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  let scale = 0.1;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i] as number));
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(difference <= worst)) worst = difference; // also catches NaN
  }
  expect(worst / scale, `${what}: largest difference, relative to the largest value ${scale}`).toBeLessThan(tolerance);
}
