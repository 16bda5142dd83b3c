/** Moving the image against moving the maps, to take along. */
import { numbered } from '../../../../src-main/shared/figure/numbers.ts';
import { type EquivarianceReport, type LayerEquivariance } from '../../../../src-main/shared/inspect/equivariance.ts';
import type { Placement } from '../../../../src-main/shared/inspect/placement.ts';
import type { PixelImage } from '../../../../src-main/shared/pictures.ts';
import { channelsFigure, tableFigure, type ChannelPicture } from '../../../figures/build.ts';
import type { Figure } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { around0, diverging, rangeOf, viridis } from '../../../../src-main/shared/colors.ts';
import { formatPercent } from '../../../ui/numbers.ts';

const words = text.explain.equivariance;

/** How the image was moved, for the lines below the title. */
const notesOf = ({ shift: [down, right], scale, degrees }: Placement): string[] => [
  [
    `${words.down}: ${words.pixels(down)}`,
    `${words.right}: ${words.pixels(right)}`,
    `${words.enlarge}: ${words.times(scale)}`,
    `${words.turn}: ${words.degrees(degrees)}`,
  ].join(', '),
];

/** One of the report's channels both ways round, and their difference; none of a vector. */
export function movedPictures({ maps }: EquivarianceReport, channel: number): ChannelPicture[] {
  if (!maps) return [];
  const { layerThenMove, moveThenLayer } = maps;
  const { shape } = layerThenMove;
  const [one, two] = [layerThenMove, moveThenLayer].map(({ values }) => rangeOf(values, channel, shape[2]));
  const range = { min: Math.min(one!.min, two!.min), max: Math.max(one!.max, two!.max) };
  const difference = moveThenLayer.values.map((value, at) => value - layerThenMove.values[at]!);
  return [
    { name: words.layerThenMove, values: layerThenMove.values, shape, channel, range, palette: viridis },
    { name: words.moveThenLayer, values: moveThenLayer.values, shape, channel, range, palette: viridis },
    {
      name: words.difference,
      values: difference,
      shape,
      channel,
      range: around0(difference, channel, shape[2]),
      palette: diverging,
    },
  ];
}

/** The moved image, and the pictures of one channel. */
export function movedFigure(
  report: EquivarianceReport,
  input: PixelImage,
  channel: number,
  placement: Placement,
): Figure {
  const figure = channelsFigure(
    text.figures.movedOf((report.maps?.from ?? 0) + channel),
    movedPictures(report, channel),
  );
  const image = { ...input, pixels: report.moved };
  const axes = [numbered('row', input.height), numbered('column', input.width), numbered('channel', input.channels)];
  return {
    ...figure,
    notes: notesOf(placement),
    panels: [{ title: words.moved, picture: { kind: 'pixels', image } }, ...figure.panels],
    numbers: [{ name: words.moved, axes, values: report.moved }, ...figure.numbers],
  };
}

/** A row a layer: how far the two ways are apart. */
export function errorsFigure(layers: readonly LayerEquivariance[], placement: Placement): Figure {
  const column = (name: string, of: (layer: LayerEquivariance) => number | null) => ({
    name,
    values: Float64Array.from(layers, (layer) => of(layer) ?? NaN),
    show: (value: number) => (Number.isNaN(value) ? '' : formatPercent(value, 2)),
  });
  const table = tableFigure(
    text.figures.equivariance,
    words.layer,
    layers.map(({ name }) => name),
    [column(words.error, ({ error }) => error), column(words.inner, ({ inner }) => inner)],
  );
  return { ...table, notes: notesOf(placement) };
}
