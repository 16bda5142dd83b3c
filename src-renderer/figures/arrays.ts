/** A figure's numbers for NumPy. */
import { zipSync } from 'fflate';
import { shapeOf, type Numbers } from '../../src-main/shared/figure/numbers.ts';
import { npy } from '../../src-main/shared/npy.ts';
import type { Figure } from './figure.ts';

export interface ArrayFile {
  suffix: '.npy' | '.npz';
  data: Uint8Array<ArrayBuffer>;
}

/**
 * One array that speaks for itself as .npy. Several as .npz, which numpy.load reads as well: each array under its name, and
 * about.json with the figure's title, the arrays' units and the names, and labels if any, of their axes.
 */
export function arrayFile({ title, numbers }: Pick<Figure, 'title' | 'numbers'>, about: readonly string[]): ArrayFile {
  const [first] = numbers;
  if (first && numbers.length === 1 && first.axes.every(({ labels }) => !labels)) {
    return { suffix: '.npy', data: bytesOf(first) };
  }
  const description = { title, about, arrays: numbers.map(({ name, unit, axes }) => ({ name, unit, axes })) };
  const files = {
    ...Object.fromEntries(numbers.map((array) => [`${array.name.replaceAll('/', '-')}.npy`, bytesOf(array)])),
    'about.json': new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`),
  };
  return { suffix: '.npz', data: zipSync(files) };
}

const bytesOf = (array: Numbers): Uint8Array<ArrayBuffer> => npy(array.values, shapeOf(array));
