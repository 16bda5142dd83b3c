/** Kernels to take along. */
import { numbered, labelled, type Axis, type Numbers } from '../../../../src-main/shared/figure/numbers.ts';
import { planeOf } from '../../../../src-main/shared/inspect/convolution.ts';
import { kernelAt, type KernelReport, type Kernels } from '../../../../src-main/shared/inspect/kernels.ts';
import { mapShape } from '../../../../src-main/shared/inspect/maps.ts';
import type { Pair } from '../../../../src-main/shared/network/spec.ts';
import { channelsFigure } from '../../../figures/build.ts';
import type { Figure, Picture } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { diverging, type Range } from '../../../../src-main/shared/colors.ts';
import { formatPercent, formatValue } from '../../../ui/numbers.ts';
import { kernelPixels, type KernelView } from '../kernels/kernel-view.ts';

const words = text.kernels;

/** One kernel as it is shown. */
function pictureOf({ size, channels }: Kernels, values: Float32Array, view: KernelView, range: Range): Picture {
  if (view === 'colour') {
    const image = { height: size[0], width: size[1], channels: 3 as const, pixels: kernelPixels(values, range) };
    return { kind: 'pixels', image };
  }
  const [rows, columns]: Pair = view === 'channels' ? (mapShape([values.length]).slice(0, 2) as Pair) : size;
  const shown = view === 'channels' ? values : planeOf(values, size, channels, view).values;
  return { kind: 'map', values: shown, size: [rows, columns], palette: diverging, range };
}

/** The kernels with these numbers, those in sight; the arrays are of all kernels of the layer that have come. */
export function kernelsFigure(report: KernelReport, shown: readonly number[], view: KernelView, range: Range): Figure {
  const { kernels, first, norms, change } = report;
  const panels = shown.map((number) => ({
    title: [
      words.kernel(number),
      words.norm(formatValue(norms[number] ?? NaN)),
      ...(change ? [words.change(formatPercent(change.relative[number] ?? NaN))] : []),
    ].join(' · '),
    picture: pictureOf(kernels, kernelAt(kernels, number - first), view, range),
  }));
  const own = labelled(
    'kernel',
    Array.from({ length: kernels.count }, (_, at) => first + at),
  );
  const axes = [
    own,
    numbered('row', kernels.size[0]),
    numbered('column', kernels.size[1]),
    numbered('channel', kernels.channels),
  ];
  const all: Axis[] = [numbered('kernel', report.all)];
  const numbers: Numbers[] = [
    { name: report.weight, axes, values: kernels.values },
    { name: 'norm', axes: all, values: norms },
    ...(change
      ? [
          { name: `${report.weight} before`, axes, values: change.kernels.values },
          {
            name: 'change relative to before',
            axes: [numbered('kernel', change.relative.length)],
            values: change.relative,
          },
        ]
      : []),
  ];
  return { title: text.figures.kernelsOf(report.layer), panels, numbers };
}

/** Cosines of kernels with each other. */
export function similarityFigure({ similarity, similar }: KernelReport): Figure {
  const figure = channelsFigure(words.similarityTitle, [
    {
      name: '',
      values: similarity,
      shape: [similar, similar, 1],
      channel: 0,
      range: { min: -1, max: 1 },
      palette: diverging,
    },
  ]);
  const axes = [numbered('kernel', similar), numbered('other kernel', similar)];
  return { ...figure, numbers: [{ name: 'cosine', axes, values: similarity }] };
}
