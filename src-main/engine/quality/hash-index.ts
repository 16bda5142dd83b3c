/**
 * Finds 64-bit hashes near a given one without looking at all of them: multi-index hashing (Norouzi, Punjani, Fleet, "Fast
 * search in Hamming space with multi-index hashing", CVPR 2012). Each table holds the hashes by 16 of their bits, and is
 * asked for the same 16 bits and for those that differ in one or two of them.
 */
const partBits = 16;
const buckets = 1 << partBits;
/** What is asked for beside the 16 bits themselves: all that differ in one of them, then in two. */
const masks: readonly number[] = [0, ...masksOf(1), ...masksOf(2)];

function masksOf(bits: number): number[] {
  const all: number[] = [];
  for (let mask = 1; mask < buckets; mask++) if (bitCount(mask) === bits) all.push(mask);
  return all;
}

/** Beyond this many a search of a crowded neighbourhood ends: what is nearest by then will do. */
const mostVisits = 5_000;

export class HashIndex {
  readonly #hashes: Uint32Array;
  readonly #tables: { heads: Int32Array; next: Int32Array; partOf: (low: number, high: number) => number }[];
  readonly #seen: Uint32Array;
  #search = 0;

  /** `hashes`: two halves each. Nothing is found until it was added. */
  constructor(hashes: Uint32Array) {
    this.#hashes = hashes;
    const count = hashes.length / 2;
    this.#seen = new Uint32Array(count);
    this.#tables = parts.map((partOf) => ({
      heads: new Int32Array(buckets).fill(-1),
      next: new Int32Array(count).fill(-1),
      partOf,
    }));
  }

  add(index: number): void {
    const low = this.#hashes[2 * index]!;
    const high = this.#hashes[2 * index + 1]!;
    for (const { heads, next, partOf } of this.#tables) {
      const part = partOf(low, high);
      next[index] = heads[part]!;
      heads[part] = index;
    }
  }

  /** At most `most` of those added that differ in at most `distance` bits, nearest first. */
  near(index: number, distance: number, most: number): number[] {
    const low = this.#hashes[2 * index]!;
    const high = this.#hashes[2 * index + 1]!;
    const search = ++this.#search;
    const found: number[][] = Array.from({ length: distance + 1 }, () => []);
    let visits = 0;
    const asked = this.#tables.map(({ partOf }) => partOf(low, high));
    for (const mask of masks) {
      for (const [table, { heads, next }] of this.#tables.entries()) {
        for (let at = heads[asked[table]! ^ mask]!; at >= 0 && visits < mostVisits; at = next[at]!) {
          visits++;
          if (this.#seen[at] === search) continue;
          this.#seen[at] = search;
          const bits = bitCount(low ^ this.#hashes[2 * at]!) + bitCount(high ^ this.#hashes[2 * at + 1]!);
          if (bits <= distance && at !== index) found[bits]!.push(at);
        }
      }
    }
    const nearest: number[] = [];
    for (const ring of found) {
      for (const at of ring) if (nearest.length < most) nearest.push(at);
      if (nearest.length >= most) break;
    }
    return nearest;
  }
}

/** Every fourth pair of bits of 32, starting at `shift`: 8 bits. */
function everyFourth(word: number, shift: number): number {
  let bits = 0;
  for (let i = 0; i < 8; i++) bits |= ((word >>> (4 * i + shift)) & 1) << i;
  return bits;
}

/** Four runs of bits, then four that take every fourth: what one way of cutting separates the other may keep together. */
const parts: ((low: number, high: number) => number)[] = [
  (low) => low & 0xffff,
  (low) => low >>> 16,
  (_low, high) => high & 0xffff,
  (_low, high) => high >>> 16,
  ...[0, 1, 2, 3].map(
    (shift) => (low: number, high: number) => (everyFourth(low, shift) << 8) | everyFourth(high, shift),
  ),
];

/** Bits that are set (Warren, "Hacker's Delight", chapter 5). */
function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
