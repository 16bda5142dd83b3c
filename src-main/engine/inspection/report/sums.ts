/** The sum behind one cell of a layer: the chosen one, or the strongest. */
import { numbered } from '../../../shared/figure/numbers.ts';
import { channelSums, patchAt, planeOf, tapPlace } from '../../../shared/inspect/convolution.ts';
import { unitMaps } from '../../../shared/inspect/drives.ts';
import { applied } from '../../../shared/inspect/sum.ts';
import type { SumOfMap } from '../../../shared/inspect/sum.ts';
import { ReceptiveError } from '../../../shared/errors.ts';
import type { Pair } from '../../../shared/network/spec.ts';
import { formatCount, formatShape, formatValue } from '../../../shared/numbers.ts';
import { framed, mapGrid, scaleFor } from '../map-image.ts';
import { around0, diverging, rangeOf, viridis } from '../../../shared/colors.ts';
import { isSumming } from '../sum-terms.ts';
import { sumOfMap } from '../sum.ts';
import type { LayerSection, ReportContext } from './context.ts';
import { pictures, text, warning } from './page.ts';
import type { Block } from './page.ts';

/** Channels that are named on the page; all are in the file. */
const named = 8;

export const sumSection: LayerSection = async (context, { spec, folder, id }) => {
  if (!isSumming(spec)) return null;
  const { model, network, activations, shelf } = context;
  const { map, cell, isChosen } = cellOf(context, spec.name);
  const sum = sumOfMap(model, network, activations, spec.name, map);
  const at = cell[0] * sum.size[1] + cell[1];
  const { kernel, input } = sum;
  const patch = patchAt(input, kernel, sum.sliding, cell);
  const products = Float64Array.from(patch, (value, tap) => value * kernel.values[tap]!);
  const channels = channelSums(patch, kernel);
  const axes = [
    numbered('row', kernel.size[0]),
    numbered('column', kernel.size[1]),
    numbered('channel', kernel.channels),
  ];
  const taps = shelf.csv(`${folder}/sum.csv`, [
    { name: 'input', axes, values: patch },
    { name: 'kernel', axes, values: Float64Array.from(kernel.values) },
    { name: 'product', axes, values: products },
  ]);

  const strongest = largest(channels.map(Math.abs));
  const shown: Block[] =
    sum.output.length > 1 ? [await placePictures(context, folder, sum, { cell, channel: strongest })] : [];
  if (kernel.size[0] * kernel.size[1] > 1) {
    const all = [
      {
        name: 'input',
        title: 'The input under the kernel',
        values: patch,
        colours: { palette: viridis, range: rangeOf(patch) },
      },
      {
        name: 'kernel',
        title: 'The kernel',
        values: kernel.values,
        colours: { palette: diverging, range: around0(kernel.values) },
      },
      {
        name: 'product',
        title: 'Their product',
        values: products,
        colours: { palette: diverging, range: around0(products) },
      },
    ];
    const drawn = all.map(async ({ name, title, values, colours }) => {
      const plane = planeOf(values, kernel.size, kernel.channels, strongest);
      const file = await shelf.picture(
        `${folder}/sum-${name}.png`,
        mapGrid([...plane.size, 1], plane.values, 24, colours),
      );
      const palette = colours.palette === viridis ? ('viridis' as const) : ('diverging' as const);
      const caption = `${title}, channel ${sum.firstChannel + strongest}, ${formatShape(kernel.size)} cells.`;
      return { file, alt: caption, caption, kind: 'pixels' as const, scale: { palette, range: colours.range } };
    });
    shown.push(pictures(...(await Promise.all(drawn))));
  }

  const isDense = spec.kind === 'dense';
  const place = isDense ? `unit ${map}` : `map ${map}, row ${cell[0]}, column ${cell[1]}`;
  const lines = linesOf(sum, channels, at);
  return {
    id: `${id}-sum`,
    title: 'The sum behind one cell',
    blocks: [
      text(
        `${isChosen ? 'The chosen cell' : `The ${isDense ? 'unit' : 'cell'} with the value furthest from 0`}: ${place}. It is made of ${formatCount(patch.length)} products over ${sum.source === 'input' ? 'the image' : sum.source}.`,
      ),
      ...shown,
      {
        kind: 'table',
        caption: 'From the channels’ sums to the value that the next layers see',
        columns: ['Step', 'Value', 'The engine has', 'Difference'],
        rows: lines.rows,
        numbers: [taps],
      },
      ...(lines.isBroken
        ? [warning('Some of these numbers are not finite: the weights are broken, and so is the sum.')]
        : []),
    ],
  };
};

/** The input and the map, a frame round what is multiplied and one round what it gives. */
async function placePictures(
  { shelf }: ReportContext,
  folder: string,
  { input, kernel, sliding, output, size, source, firstChannel, layer, map }: SumOfMap,
  { cell, channel }: { cell: Pair; channel: number },
): Promise<Block> {
  const [top, left] = tapPlace(sliding, cell, [0, 0]);
  const [bottom, right] = tapPlace(sliding, cell, [kernel.size[0] - 1, kernel.size[1] - 1]);
  const [height, width, channels] = input.shape;
  const from = source === 'input' ? 'The image' : source;
  const drawn = [
    {
      ...{
        name: 'from',
        size: [height, width] as const,
        values: planeOf(input.values, [height, width], channels, channel).values,
      },
      box: { top, left, height: bottom - top + 1, width: right - left + 1 },
      caption: `${from}, channel ${firstChannel + channel}; in the frame what lies under the kernel.`,
    },
    {
      ...{ name: 'to', size, values: output, box: { top: cell[0], left: cell[1], height: 1, width: 1 } },
      caption: `${layer}, map ${map}; in the frame the cell.`,
    },
  ].map(async ({ name, size: of, values, box, caption }) => {
    const range = rangeOf(values);
    const shape = [...of, 1];
    const picture = mapGrid(shape, values, Math.min(24, scaleFor(shape, 256)), { palette: viridis, range });
    const file = await shelf.picture(`${folder}/sum-${name}.png`, framed(picture, of, [{ box }]));
    const numbers = [shelf.npy(`${folder}/sum-${name}.npy`, Float32Array.from(values), of)];
    return {
      file,
      alt: caption,
      caption,
      kind: 'pixels' as const,
      scale: { palette: 'viridis' as const, range },
      numbers,
    };
  });
  return pictures(...(await Promise.all(drawn)));
}

type Place = { map: number; cell: Pair };

function cellOf(context: ReportContext, layer: string): Place & { isChosen: boolean } {
  const chosen = context.cells.find((one) => one.layer === layer);
  if (!chosen) return { ...strongestOf(context, layer), isChosen: false };
  const [height, width, maps] = unitMaps(context.activations.output(layer).shape);
  const { map, row, column } = chosen;
  if (map >= maps || row >= height || column >= width) {
    throw new ReceptiveError(
      'usage',
      `${layer} has ${maps} maps of ${height} x ${width} cells; there is no map ${map}, row ${row}, column ${column}.`,
      'Maps, rows and columns are counted from 0.',
    );
  }
  return { map, cell: [row, column], isChosen: true };
}

/** The cell of a layer whose value is furthest from 0, or largest by another measure. */
export function strongestOf({ activations }: ReportContext, layer: string, of = Math.abs): Place {
  const { shape, values } = activations.output(layer);
  const [, width, maps] = unitMaps(shape);
  const at = largest(values.map(of));
  const cell = Math.floor(at / maps);
  return { map: at % maps, cell: [Math.floor(cell / width), cell % width] };
}

/** Where the largest finite value is; 0 without any. */
function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at]) && !(values[at]! <= values[best]!)) best = at;
  }
  return best;
}

function linesOf(sum: SumOfMap, channels: Float64Array, at: number): { rows: string[][]; isBroken: boolean } {
  const order = Array.from(channels, (_, channel) => channel).sort(
    (a, b) => Math.abs(channels[b]!) - Math.abs(channels[a]!),
  );
  const [first, others] = [order.slice(0, named), order.slice(named)];
  const of = (some: number[]) => some.reduce((total, channel) => total + channels[channel]!, 0);
  const total = of(order) + (sum.bias ?? 0);
  const compared = (name: string, value: number, engine: number) => [
    name,
    formatValue(value),
    formatValue(engine),
    formatValue(Math.abs(value - engine)),
  ];
  let value = total;
  const after = sum.after.map((step) => {
    value = applied(value, step, at);
    const what = step.kind === 'activation' ? step.function : step.by;
    return compared(`After ${step.layer} (${what})`, value, step.output[at]!);
  });
  return {
    rows: [
      ...first.map((channel) => [`Channel ${sum.firstChannel + channel}`, formatValue(channels[channel]!), '', '']),
      ...(others.length > 0 ? [[`${formatCount(others.length)} more channels`, formatValue(of(others)), '', '']] : []),
      ['Bias', sum.bias === null ? 'none' : formatValue(sum.bias), '', ''],
      compared('Sum', total, sum.output[at]!),
      ...after,
    ],
    isBroken: !Number.isFinite(total),
  };
}
