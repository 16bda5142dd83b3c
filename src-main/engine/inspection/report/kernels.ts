/** A layer's kernels: pictures, lengths, likeness, and what training made of them. */
import { numbered } from '../../../shared/figure/numbers.ts';
import { kernelAt, nearestPairs } from '../../../shared/inspect/kernels.ts';
import type { KernelReport, Kernels } from '../../../shared/inspect/kernels.ts';
import { inputsOf } from '../../../shared/network/index.ts';
import { formatCount, formatPercent, formatShape, formatValue } from '../../../shared/numbers.ts';
import { kernelReport, kernelsOf, kernelWeights } from '../kernels.ts';
import { mapGrid, paintTiles, rgbOf } from '../map-image.ts';
import type { RgbImage } from '../map-image.ts';
import { around0, diverging } from '../../../shared/colors.ts';
import type { Range } from '../../../shared/colors.ts';
import type { LayerSection, ReportContext, ReportLayer } from './context.ts';
import { note, pictures, text, warning } from './page.ts';
import type { Block, Picture } from './page.ts';

const pairs = 8;

export const kernelSection: LayerSection = async (context, layer) => {
  const weights = kernelWeights(layer.spec.kind);
  if (weights.length === 0) return null;
  const blocks: Block[] = [];
  for (const weight of weights) blocks.push(...(await weightBlocks(context, layer, weight)));
  return { id: `${layer.id}-kernels`, title: 'Kernels', blocks };
};

async function weightBlocks(context: ReportContext, layer: ReportLayer, weight: string): Promise<Block[]> {
  const { model, first, network, shelf } = context;
  const { name } = layer.spec;
  const before = kernelsOf(first, network, name, weight).kernels;
  const report = kernelReport(name, kernelsOf(model, network, name, weight), 0, before);
  const { kernels, change } = report;
  const base = `${layer.folder}/${weight}`;
  const shape = [kernels.count, ...kernels.size, kernels.channels];
  const exact = shelf.npy(`${base}.npy`, kernels.values, shape);
  const beginning = shelf.npy(`${base}-start.npy`, change!.kernels.values, shape);
  const axes = [numbered('kernel', report.all)];
  const lengths = shelf.csv(`${base}.csv`, [
    { name: 'length', axes, values: report.norms },
    { name: 'change since the start', axes, values: change!.relative },
  ]);

  const range = around0(kernels.values);
  const difference = kernels.values.map((value, at) => value - change!.kernels.values[at]!);
  const moved = around0(difference);
  const drawing = drawingOf(kernels, isFirst(context, name));
  const shown: Picture[] = [
    {
      file: await shelf.picture(`${base}.png`, drawing.draw(kernels.values, range)),
      alt: `The kernels of ${name}`,
      caption: `${drawing.caption}.`,
      kind: 'pixels',
      ...(drawing.isColour ? {} : { scale: { palette: 'diverging', range } as const }),
      numbers: [exact, lengths],
    },
    {
      file: await shelf.picture(`${base}-change.png`, drawing.draw(difference, moved)),
      alt: `The change of the kernels of ${name} since the start of training`,
      caption: 'What training changed of them, laid out alike.',
      kind: 'pixels',
      ...(drawing.isColour ? {} : { scale: { palette: 'diverging', range: moved } as const }),
      numbers: [beginning],
    },
    ...(await likeness(context, base, report)),
  ];
  const all = { norms: Array.from(report.norms), changes: Array.from(change!.relative) };
  return [
    text(
      `${formatCount(report.all)} kernels (${weight}) of ${formatShape(kernels.size)} cells and ${formatCount(kernels.channels)} ${kernels.channels === 1 ? 'channel' : 'channels'}. Their lengths are ${span(all.norms, formatValue)}; since the start of training each changed by ${span(all.changes, formatPercent)} of its length then.`,
    ),
    ...(kernels.count < report.all
      ? [
          note(
            `The first ${formatCount(kernels.count)} kernels are drawn and in the NPY files; lengths and changes are of all.`,
          ),
        ]
      : []),
    ...(all.norms.some((norm) => !Number.isFinite(norm)) ? [warning('Some weights are not numbers or infinite.')] : []),
    pictures(...shown),
    ...nearest(report),
  ];
}

const span = (values: number[], words: (value: number) => string): string =>
  `${words(Math.min(...values))} to ${words(Math.max(...values))}`;

function isFirst({ network }: ReportContext, layer: string): boolean {
  return inputsOf(network)[network.layers.findIndex(({ name }) => name === layer)]![0] === 'input';
}

interface Drawing {
  caption: string;
  isColour: boolean;
  draw: (values: Float32Array, range: Range) => RgbImage;
}

/** The first layer's in colour; else a row a kernel and a column a channel; of 1x1 kernels a cell a channel. */
function drawingOf(kernels: Kernels, sees: boolean): Drawing {
  const { size, channels, count } = kernels;
  const of = (values: Float32Array, number: number) => kernelAt({ ...kernels, values }, number);
  if (size[0] * size[1] === 1) {
    return {
      caption: 'A row for each kernel, a cell for each channel; blue is below 0, red above',
      isColour: false,
      draw: (values, range) => mapGrid([count, channels, 1], values, 8, { palette: diverging, range }),
    };
  }
  if (sees && channels === 3) {
    const tiles = { count, columns: Math.ceil(Math.sqrt(count)), size };
    return {
      caption: 'All kernels in colour: grey is 0, brighter red, green or blue a larger weight on that channel',
      isColour: true,
      draw: (values, range) =>
        paintTiles(tiles, 12, (kernel, cell, pixels, at) => {
          // Half of the brightness is 0; the largest weight reaches one end.
          of(values, kernel)
            .subarray(3 * cell, 3 * cell + 3)
            .forEach((value, channel) => (pixels[at + channel] = Math.round(127.5 + (127.5 * value) / range.max)));
        }),
    };
  }
  const columns = channels === 1 ? Math.ceil(Math.sqrt(count)) : channels;
  const arranged = channels === 1 ? 'All kernels, row by row' : 'A row for each kernel, a column for each channel';
  return {
    caption: `${arranged}; blue is below 0, red above`,
    isColour: false,
    draw: (values, range) =>
      paintTiles({ count: count * channels, columns, size }, channels > 32 ? 4 : 10, (tile, cell, pixels, at) => {
        const kernel = of(values, Math.floor(tile / channels));
        pixels.set(rgbOf(kernel[cell * channels + (tile % channels)]!, { palette: diverging, range }), at);
      }),
  };
}

async function likeness({ shelf }: ReportContext, base: string, report: KernelReport): Promise<Picture[]> {
  const { similar, similarity } = report;
  if (similar < 2) return [];
  const range = { min: -1, max: 1 };
  const image = mapGrid([similar, similar, 1], similarity, similar > 64 ? 3 : 8, { palette: diverging, range });
  return [
    {
      file: await shelf.picture(`${base}-likeness.png`, image),
      alt: `Cosines between the kernels of ${report.layer}`,
      caption: `How alike they are: the cosine between each two of ${formatCount(similar)} kernels, a row and a column each. 1 is the same direction, −1 the opposite one.`,
      kind: 'pixels',
      scale: { palette: 'diverging', range },
      numbers: [shelf.npy(`${base}-likeness.npy`, similarity, [similar, similar])],
    },
  ];
}

function nearest(report: KernelReport): Block[] {
  const found = nearestPairs(report, pairs);
  if (found.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: 'Kernels that are most alike or most opposed',
      columns: ['Kernels', 'Cosine'],
      rows: found.map(({ a, b, cosine }) => [`${a} and ${b}`, formatValue(cosine)]),
    },
  ];
}
