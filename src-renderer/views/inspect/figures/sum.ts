/** The sum behind a cell, to take along. */
import { labelled, numbered, type Numbers } from '../../../../src-main/shared/figure/numbers.ts';
import { channelSums, patchAt, tapPlace, type Kernel } from '../../../../src-main/shared/inspect/convolution.ts';
import type { SumOfMap } from '../../../../src-main/shared/inspect/sum.ts';
import type { Pair } from '../../../../src-main/shared/network/spec.ts';
import { channelNumbers, channelPanel, type ChannelPicture } from '../../../figures/build.ts';
import type { Figure, Frame, Panel } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { around0, diverging, rangeOf, viridis } from '../../../../src-main/shared/colors.ts';
import { formatValue } from '../../../ui/numbers.ts';
import { sumLines, type Term } from '../sum/sum-lines.ts';

const words = text.sum;

export interface SumView {
  sum: SumOfMap;
  /** As it is laid on the input: turned where it convolves. */
  laid: Kernel;
  laidName: string;
  cell: Pair;
  channel: number;
  channelName: string;
  /** Whether it is the layer's own sum, which the engine has too. */
  compared: boolean;
  /** How the kernel slides, and which it is. */
  notes: readonly string[];
}

const frame = ([top, left]: Pair): Frame => ({ box: { top, left, height: 1, width: 1 } });

/** The input's cells under the kernel; one frame around all where they are neighbours. */
function tapFrames({ sliding }: SumOfMap, [rows, columns]: Pair, cell: Pair): Frame[] {
  const first = tapPlace(sliding, cell, [0, 0]);
  if (sliding.dilation.every((step) => step === 1)) {
    return [{ box: { top: first[0], left: first[1], height: rows, width: columns } }];
  }
  return Array.from({ length: rows * columns }, (_, tap) =>
    frame(tapPlace(sliding, cell, [Math.floor(tap / columns), tap % columns])),
  );
}

/**
 * Input and output, patch × kernel = product of one channel, and what follows line by line; of a dense layer, which has
 * nothing that slides, the lines. The numbers of patch, kernel and product are those of all channels.
 */
export function sumFigure(view: SumView, isDense: boolean): Figure {
  const { sum, laid, laidName, cell, notes } = view;
  const kernel = Float64Array.from(laid.values);
  const patch = patchAt(sum.input, laid, sum.sliding, cell);
  const product = patch.map((value, at) => value * kernel[at]!);
  const parts = { patch, kernel, product };
  const pictures = isDense ? { panels: [], numbers: [] } : planes(view, parts);
  const axes = [numbered('row', laid.size[0]), numbered('column', laid.size[1]), numbered('channel', laid.channels)];
  const whole = (name: string, values: Float64Array): Numbers => ({ name, axes, values });
  const lines = sumLinesOf(view, channelSums(patch, laid), isDense ? 'input' : 'channel');
  return {
    title: isDense ? text.figures.sumOfUnit(sum.layer, sum.map) : text.figures.sumOf(sum.layer, sum.map, ...cell),
    notes,
    panels: [...pictures.panels, { ...lines.panel, newRow: true }],
    numbers: [
      ...pictures.numbers,
      whole(words.patch, patch),
      whole(laidName, kernel),
      whole(words.product, product),
      lines.numbers,
    ],
  };
}

function planes(
  { sum, laid, laidName, cell, channel, channelName }: SumView,
  { patch, kernel, product }: Record<'patch' | 'kernel' | 'product', Float64Array>,
): Pick<Figure, 'panels' | 'numbers'> {
  const { input, layer, map } = sum;
  const { size, channels } = laid;
  const shape = [...size, channels] as const;
  const [seen, weighed] = [rangeOf(input.values, channel, channels), around0(kernel)];
  const source = words.input(sum.source === 'input' ? words.theImage : sum.source, channelName);
  const maps: [ChannelPicture, ChannelPicture] = [
    { name: source, values: input.values, shape: input.shape, channel, range: seen, palette: viridis },
    {
      ...{ name: words.output(layer, map), values: sum.output, shape: [...sum.size, 1], channel: 0 },
      ...{ range: rangeOf(sum.output), palette: viridis },
    },
  ];
  const around = around0(product, channel, channels);
  const of = { shape, channel };
  return {
    panels: [
      channelPanel(maps[0], { frames: tapFrames(sum, size, cell) }),
      channelPanel(maps[1], { frames: [frame(cell)] }),
      { ...channelPanel({ ...of, name: words.patch, values: patch, range: seen, palette: viridis }), newRow: true },
      { ...channelPanel({ ...of, name: laidName, values: kernel, range: weighed, palette: diverging }), sign: '×' },
      {
        ...channelPanel({ ...of, name: words.product, values: product, range: around, palette: diverging }),
        sign: '=',
      },
    ],
    numbers: maps.map(channelNumbers),
  };
}

/** From the channels' sums to what the next layers see, beside the engine's numbers. */
function sumLinesOf(
  { sum, cell, compared }: SumView,
  sums: Float64Array,
  term: Term,
): { panel: Panel; numbers: Numbers } {
  const products = sums.reduce((a, b) => a + b, 0);
  const lines = sumLines(sum, cell[0] * sum.size[1] + cell[1], products, term);
  const value = (number: number | null) => (number === null ? '' : formatValue(number));
  const rows = lines.map(({ title, formula, value: made, engine }) => {
    const own =
      compared && made !== null && engine !== null ? [value(engine), value(Math.abs(engine - made))] : ['', ''];
    return [title, formula, made === null ? words.noBias : value(made), ...(compared ? own : [])];
  });
  const columns = [words.step, words.formula, words.value, ...(compared ? [words.engine, words.differs] : [])];
  return {
    panel: { title: words.sumTitle, picture: { kind: 'table', columns, rows } },
    numbers: {
      name: words.sumTitle,
      axes: [
        labelled(
          words.step,
          lines.map(({ title }) => title),
        ),
      ],
      values: Float64Array.from(lines, ({ value: made }) => made ?? NaN),
    },
  };
}
