/** The sum behind a cell, to take along. */
import { numbered, type Numbers } from '../../../../src-main/shared/figure/numbers.ts';
import { patchAt, type Kernel } from '../../../../src-main/shared/inspect/convolution.ts';
import type { SumOfMap } from '../../../../src-main/shared/inspect/sum.ts';
import type { Pair } from '../../../../src-main/shared/network/spec.ts';
import { channelNumbers, channelPanel, type ChannelPicture } from '../../../figures/build.ts';
import type { Figure } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { around0, diverging, rangeOf, viridis } from '../../../../src-main/shared/colors.ts';

const words = text.sum;

export interface SumView {
  sum: SumOfMap;
  /** As it is laid on the input: turned where it convolves. */
  laid: Kernel;
  laidName: string;
  cell: Pair;
  channel: number;
  channelName: string;
}

/** Input and output, and patch × kernel = product of one channel; the numbers of these three are those of all channels. */
export function sumFigure({ sum, laid, laidName, cell, channel, channelName }: SumView): Figure {
  const { input, layer, map } = sum;
  const { size, channels } = laid;
  const kernel = Float64Array.from(laid.values);
  const patch = patchAt(input, laid, sum.sliding, cell);
  const product = patch.map((value, at) => value * kernel[at]!);
  const shape = [...size, channels] as const;
  const [seen, weighed] = [rangeOf(input.values, channel, channels), around0(kernel)];
  const source = words.input(sum.source === 'input' ? words.theImage : sum.source, channelName);
  const pictures: ChannelPicture[] = [
    { name: source, values: input.values, shape: input.shape, channel, range: seen, palette: viridis },
    {
      name: words.output(layer, map),
      values: sum.output,
      shape: [...sum.size, 1],
      channel: 0,
      range: rangeOf(sum.output),
      palette: viridis,
    },
    { name: words.patch, values: patch, shape, channel, range: seen, palette: viridis },
    { name: laidName, values: kernel, shape, channel, range: weighed, palette: diverging },
    {
      name: words.product,
      values: product,
      shape,
      channel,
      range: around0(product, channel, channels),
      palette: diverging,
    },
  ];
  const axes = [numbered('row', size[0]), numbered('column', size[1]), numbered('channel', channels)];
  const whole = (name: string, values: Float64Array): Numbers => ({ name, axes, values });
  return {
    title: text.figures.sumOf(layer, map, ...cell),
    panels: pictures.map(channelPanel),
    numbers: [
      ...pictures.slice(0, 2).map(channelNumbers),
      whole(words.patch, patch),
      whole(laidName, kernel),
      whole(words.product, product),
    ],
  };
}
