/** Which images excite each map of a layer most, as one batch after another comes. */
import { rankings } from '../../shared/inspect/drives.ts';
import type { ExcitingImages, RankedImages, Ranking } from '../../shared/inspect/drives.ts';

interface Seen {
  id: number;
  label: number;
}

export class Excitement {
  readonly #cells: number;
  readonly #maps: number;
  readonly #most: number;
  #done = 0;
  readonly #ranked: Record<Ranking, RankedImages>;
  readonly #lowest: Float32Array;
  readonly #highest: Float32Array;
  readonly #broken: Uint32Array;
  readonly #classIds: number[];
  readonly #counts: number[];
  /** Of the strongest cells, and the number of images that they are of: [classes, maps]. */
  readonly #sums: Float64Array;
  readonly #summed: Uint32Array;

  /** `labels`: those that images may have. */
  constructor([height, width, maps]: readonly [number, number, number], most: number, labels: readonly number[]) {
    this.#cells = height * width;
    this.#maps = maps;
    this.#most = most;
    const empty = (): RankedImages => ({
      ids: new Uint32Array(maps * most),
      labels: new Uint32Array(maps * most),
      values: new Float32Array(maps * most),
      cells: new Uint32Array(maps * most),
    });
    this.#ranked = { cell: empty(), mean: empty() };
    this.#lowest = new Float32Array(maps).fill(Infinity);
    this.#highest = new Float32Array(maps).fill(-Infinity);
    this.#broken = new Uint32Array(maps);
    this.#classIds = [...new Set(labels)].sort((a, b) => a - b);
    this.#counts = this.#classIds.map(() => 0);
    this.#sums = new Float64Array(this.#classIds.length * maps);
    this.#summed = new Uint32Array(this.#classIds.length * maps);
  }

  /** `outputs`: [images, height, width, maps], row by row. */
  add(images: readonly Seen[], outputs: Float32Array): void {
    const [cells, maps] = [this.#cells, this.#maps];
    const sum = new Float64Array(maps);
    const [high, low] = [new Float32Array(maps), new Float32Array(maps)];
    const at = new Uint32Array(maps);
    images.forEach((image, index) => {
      sum.fill(0);
      high.fill(-Infinity);
      low.fill(Infinity);
      let place = index * cells * maps;
      for (let cell = 0; cell < cells; cell++) {
        for (let map = 0; map < maps; map++, place++) {
          const value = outputs[place]!;
          sum[map]! += value;
          if (value < low[map]!) low[map] = value;
          if (value > high[map]!) {
            high[map] = value;
            at[map] = cell;
          }
        }
      }
      const row = this.#classIds.indexOf(image.label);
      this.#counts[row]!++;
      for (let map = 0; map < maps; map++) this.#take(map, image, row, { sum, high, low, at });
    });
    this.#done += images.length;
  }

  #take(
    map: number,
    image: Seen,
    row: number,
    { sum, high, low, at }: { sum: Float64Array; high: Float32Array; low: Float32Array; at: Uint32Array },
  ): void {
    // One value that is no number makes the sum none; infinities of both signs do, too.
    if (!Number.isFinite(sum[map]) || !Number.isFinite(high[map])) {
      this.#broken[map]!++;
      return;
    }
    this.#lowest[map] = Math.min(this.#lowest[map]!, low[map]!);
    this.#highest[map] = Math.max(this.#highest[map]!, high[map]!);
    this.#sums[row * this.#maps + map]! += high[map]!;
    this.#summed[row * this.#maps + map]!++;
    this.#rank('cell', map, image, high[map]!, at[map]!);
    this.#rank('mean', map, image, sum[map]! / this.#cells, at[map]!);
  }

  /** Equals stand in the order in which they came. */
  #rank(ranking: Ranking, map: number, { id, label }: Seen, value: number, cell: number): void {
    const { ids, labels, values, cells } = this.#ranked[ranking];
    const first = map * this.#most;
    const last = first + this.#most - 1;
    if (ids[last] !== 0 && !(value > values[last]!)) return;
    let place = last;
    while (place > first && (ids[place - 1] === 0 || value > values[place - 1]!)) {
      ids[place] = ids[place - 1]!;
      labels[place] = labels[place - 1]!;
      values[place] = values[place - 1]!;
      cells[place] = cells[place - 1]!;
      place--;
    }
    ids[place] = id;
    labels[place] = label;
    values[place] = value;
    cells[place] = cell;
  }

  /** As far as it is known, in arrays of its own. */
  found(): Omit<ExcitingImages, 'layer' | 'total' | 'unreadable'> {
    const copy = ({ ids, labels, values, cells }: RankedImages): RankedImages => ({
      ids: ids.slice(),
      labels: labels.slice(),
      values: values.slice(),
      cells: cells.slice(),
    });
    const [cell, mean] = rankings.map((ranking) => copy(this.#ranked[ranking])) as [RankedImages, RankedImages];
    return {
      maps: this.#maps,
      most: this.#most,
      done: this.#done,
      ranked: { cell, mean },
      lowest: this.#lowest.slice(),
      highest: this.#highest.slice(),
      broken: this.#broken.slice(),
      byClass: {
        classIds: this.#classIds,
        counts: [...this.#counts],
        means: Float32Array.from(this.#sums, (sum, at) => sum / this.#summed[at]!),
      },
    };
  }
}
