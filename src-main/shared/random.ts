/**
 * Seeded random numbers that are the same on every machine: splits, shuffles, initial weights and batches repeat from
 * the seed kept in the run.
 */
export interface Random {
  /** Uniform in [0, 1), with 32 random bits. */
  next(): number;
  /** A whole number, 0 to `below` - 1. */
  int(below: number): number;
  /** Standard normal, by Box and Muller's method. */
  normal(): number;
  /** Reorders in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends unknown[] | Int32Array | Uint32Array>(items: T): T;
}

/**
 * sfc32 ("small fast counter", Chris Doty-Humphrey, PractRand), seeded through splitmix32 so that neighbouring seeds
 * give unrelated streams. `stream` separates independent uses of one seed (weights, shuffling, splitting).
 */
export function createRandom(seed: number, stream = ''): Random {
  let mixer = seed >>> 0;
  for (let i = 0; i < stream.length; i++)
    mixer = (Math.imul(mixer ^ stream.charCodeAt(i), 0x01000193) + 0x9e3779b9) >>> 0;
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let counter = 1;

  function splitmix(): number {
    mixer = (mixer + 0x9e3779b9) | 0;
    let z = mixer;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  }

  function bits(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  for (let i = 0; i < 12; i++) bits();

  const next = (): number => bits() / 2 ** 32;
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = int(i + 1);
        [items[i], items[j]] = [items[j], items[i]];
      }
      return items;
    },
  };
}
