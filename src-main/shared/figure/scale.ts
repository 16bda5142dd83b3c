/** From numbers to places along an axis, and where its ticks are. */
export type ScaleKind = 'zero' | 'data' | 'log';

export class Scale {
  readonly #from: number;
  readonly #to: number;
  readonly #length: number;
  readonly #isLog: boolean;
  readonly ticks: readonly number[];

  /** `length` px for values from `from` to `to`, with ticks about `apart` px from each other. */
  constructor(from: number, to: number, { length, apart, isLog = false }: ScaleSize) {
    this.#isLog = isLog;
    this.#from = this.#measure(from);
    this.#to = this.#measure(to);
    this.#length = length;
    const wanted = Math.max(1, Math.round(length / apart));
    this.ticks = isLog ? powersWithin(from, to, wanted) : ticksWithin(from, to, wanted);
  }

  /** With room for all values: `zero` begins at 0, or below where values are; `log` ends at powers of ten. */
  static over(values: readonly number[], kind: ScaleKind, length: number, apart: number): Scale {
    const shown = kind === 'log' ? values.filter((value) => value > 0) : values;
    let [least, most] = [Infinity, -Infinity];
    for (const value of shown) [least, most] = [Math.min(least, value), Math.max(most, value)];
    if (least > most) [least, most] = kind === 'log' ? [1, 10] : [0, 1];
    if (kind === 'log') {
      const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
      return new Scale(10 ** low, 10 ** Math.max(high, low + 1), { length, apart, isLog: true });
    }
    const from = kind === 'zero' ? Math.min(0, least) : least;
    return new Scale(from, most > from ? most : from + (Math.abs(from) || 1), { length, apart });
  }

  at(value: number): number {
    return ((this.#measure(value) - this.#from) / (this.#to - this.#from)) * this.#length;
  }

  #measure(value: number): number {
    return this.#isLog ? Math.log10(value) : value;
  }
}

interface ScaleSize {
  length: number;
  apart: number;
  isLog?: boolean;
}

/** Multiples of 1, 2 or 5 times a power of ten, about as many as are wanted, and two at least: one tells no distance. */
function ticksWithin(from: number, to: number, wanted: number): number[] {
  const rough = (to - from) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const steps = [0.5, 1, 2, 5, 10].map((times) => times * power);
  const at = steps.findIndex((step, index) => index > 0 && step >= rough);
  const ticks = multiplesWithin(from, to, steps[at]!);
  return ticks.length > 1 ? ticks : multiplesWithin(from, to, steps[at - 1]!);
}

function multiplesWithin(from: number, to: number, step: number): number[] {
  const [first, last] = [Math.ceil(from / step - 1e-9), Math.floor(to / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function powersWithin(from: number, to: number, wanted: number): number[] {
  const [low, high] = [Math.round(Math.log10(from)), Math.round(Math.log10(to))];
  const each = Math.ceil((high - low) / wanted);
  return Array.from({ length: Math.floor((high - low) / each) + 1 }, (_, at) => 10 ** (low + at * each));
}
