/** Histograms of what enters a batch norm layer and of what it makes of that, each channel by itself. */
import type { Histogram } from '../../shared/inspection.ts';

/** y = scale x + shift. */
export interface Line {
  scale: number;
  shift: number;
}

export const through = ({ scale, shift }: Line, x: number): number => scale * x + shift;

/** Values [..., channels], and the line that each channel's go through. */
interface Normed {
  values: Float32Array;
  lines: readonly Line[];
}

/** By channel. */
interface Ranges {
  from: Float64Array;
  to: Float64Array;
}

/**
 * Of the values of `training` before the lines, over each channel's own range; and of both sets of values behind them, over
 * the range of both together. What is no number is in none; a constant channel falls into the first bin of a range one wide.
 */
export function normHistograms(
  training: Normed,
  inference: Normed,
  bins = 32,
): { before: Histogram[]; after: [Histogram[], Histogram[]] } {
  const own = rangesOf(training);
  const [one, other] = [behind(own, training.lines), behind(rangesOf(inference), inference.lines)];
  const both = {
    from: one.from.map((a, at) => (a <= other.from[at]! || Number.isNaN(other.from[at]!) ? a : other.from[at]!)),
    to: one.to.map((a, at) => (a >= other.to[at]! || Number.isNaN(other.to[at]!) ? a : other.to[at]!)),
  };
  const unchanged = training.lines.map((): Line => ({ scale: 1, shift: 0 }));
  return {
    before: counted({ ...training, lines: unchanged }, own, bins),
    after: [counted(training, both, bins), counted(inference, both, bins)],
  };
}

/** Of the numbers among the values; NaN where a channel has none. */
function rangesOf({ values, lines: { length: channels } }: Normed): Ranges {
  const from = new Float64Array(channels).fill(Infinity);
  const to = new Float64Array(channels).fill(-Infinity);
  for (let at = 0; at < values.length; at += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const value = values[at + channel]!;
      if (value < from[channel]!) from[channel] = value;
      if (value > to[channel]!) to[channel] = value;
    }
  }
  const orNone = (end: number, at: number) => (from[at]! > to[at]! ? NaN : end);
  return { from: from.map(orNone), to: to.map(orNone) };
}

/** The ranges of what the lines make of the values: they fall where the scale is below 0. */
function behind({ from, to }: Ranges, lines: readonly Line[]): Ranges {
  const ends = lines.map((line, at) => [through(line, from[at]!), through(line, to[at]!)] as const);
  return {
    from: Float64Array.from(ends, ([a, b]) => Math.min(a, b)),
    to: Float64Array.from(ends, ([a, b]) => Math.max(a, b)),
  };
}

function counted({ values, lines }: Normed, ranges: Ranges, bins: number): Histogram[] {
  const channels = lines.length;
  const from = ranges.from;
  const to = ranges.to.map((end, at) => (end === from[at]! ? end + 1 : end));
  const scales = Float64Array.from(lines, ({ scale }) => scale);
  const shifts = Float64Array.from(lines, ({ shift }) => shift);
  const binsAUnit = to.map((end, at) => bins / (end - from[at]!));
  const counts = new Uint32Array(channels * bins);
  for (let at = 0; at < values.length; at += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const y = scales[channel]! * values[at + channel]! + shifts[channel]!;
      const bin = Math.floor((y - from[channel]!) * binsAUnit[channel]!);
      if (bin >= 0) counts[channel * bins + Math.min(bins - 1, bin)]!++;
    }
  }
  return lines.map((_, channel) => ({
    from: from[channel]!,
    to: to[channel]!,
    counts: [...counts.subarray(channel * bins, (channel + 1) * bins)],
  }));
}
