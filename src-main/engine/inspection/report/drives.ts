/** What drives a unit: the images that excite it, the picture that maximises it, and what it sees of the image. */
import { usualAscent } from '../../../shared/inspect/drives.ts';
import type { EffectiveField, ExcitingImages } from '../../../shared/inspect/drives.ts';
import { boxAt, fieldsOf, unitBox } from '../../../shared/inspect/field-box.ts';
import type { Box } from '../../../shared/inspect/field-box.ts';
import { formatCount, formatPercent, formatValue } from '../../../shared/numbers.ts';
import { effectiveField } from '../effective-field.ts';
import { excitingImages } from '../exciting-images.ts';
import type { Candidate } from '../exciting-images.ts';
import { framed, mapGrid, paintTiles } from '../map-image.ts';
import { maximise } from '../maximise.ts';
import { rangeOf, seriesColor } from '../../../shared/colors.ts';
import { isSumming } from '../sum-terms.ts';
import { curvesSvg } from '../../report/charts.ts';
import { affordable } from './context.ts';
import type { LayerSection, ReportContext, ReportLayer } from './context.ts';
import { asPicture } from './overview.ts';
import { note, pictures, text, warning } from './page.ts';
import type { Block, Part } from './page.ts';
import { strongestOf } from './sums.ts';

/** Images of a map that are shown, as many as Zeiler and Fergus show. */
const most = 9;
/** Fewer than the window takes: every layer is climbed for. */
const mostSteps = 48;

/** Of the map or unit that this image excites most; `fields` gets what the layer sees. */
export const drivesSection =
  (candidates: readonly Candidate[] | null, fields: EffectiveField[]): LayerSection =>
  async (context, layer) => {
    if (!isSumming(layer.spec)) return null;
    const { map } = strongestOf(context, layer.spec.name, Number);
    const isMaps = layer.description.outputShape?.length === 3;
    const blocks: Block[] = [
      text(`Of the ${isMaps ? 'map' : 'unit'} that this image excites most, ${map}.`),
      ...(await seen(context, layer, fields)),
      ...(await climbed(context, layer, map)),
      ...(await exciting(context, layer, map, candidates)),
    ];
    return { id: `${layer.id}-drives`, title: 'What drives a unit', blocks };
  };

/** Layers whose work is counted. */
const busy = ({ network }: ReportContext): number => Math.max(1, network.layers.filter(isSumming).length);

const useOf =
  ({ model, network }: ReportContext) =>
  async <T>(work: (m: typeof model, n: typeof network) => T): Promise<T> =>
    work(model, network);

const sizeText = (box: Box | null): string => (box ? `${box.height} × ${box.width}` : 'none');

async function seen(context: ReportContext, { spec, folder }: ReportLayer, fields: EffectiveField[]): Promise<Block[]> {
  const { batch, network, signal, shelf, macs } = context;
  const images = Math.min(batch.paths.length, affordable(3 * macs * busy(context), 1, 8));
  const length = network.input.size[0] * network.input.size[1] * network.input.channels;
  const found = await effectiveField(
    useOf(context),
    batch.pixels.subarray(0, images * length),
    { layer: spec.name, map: null },
    { signal, progress: () => undefined },
  );
  fields.push(found);
  if (found.broken) return [warning('The gradients are not numbers: what the layer sees cannot be told.')];
  const scale = Math.max(1, Math.floor(256 / Math.max(found.height, found.width)));
  const caption = `What the layer’s middle cell, all maps together, sees: the mean size of its gradient by each pixel over ${formatCount(images)} ${images === 1 ? 'image' : 'images'}. It can see ${sizeText(found.theoretical)} pixels (whole frame); 95 % of the gradient lie within ${sizeText(found.effective)} (dashed frame; Luo et al. 2016).`;
  const size = [found.height, found.width] as const;
  const picture = mapGrid([...size, 1], found.heat, scale);
  const boxes = [{ box: found.theoretical }, { box: found.effective, dashed: true }].flatMap(({ box, ...how }) =>
    box ? [{ box, ...how }] : [],
  );
  return [
    pictures({
      file: await shelf.picture(`${folder}/sees.png`, framed(picture, size, boxes)),
      ...{ alt: `Effective receptive field of ${spec.name}`, caption, kind: 'pixels' },
      scale: { palette: 'viridis', range: rangeOf(found.heat) },
      numbers: [shelf.npy(`${folder}/sees.npy`, found.heat, [found.height, found.width])],
    }),
  ];
}

async function climbed(context: ReportContext, { spec, folder }: ReportLayer, map: number): Promise<Block[]> {
  const { classes, signal, shelf, macs } = context;
  const steps = affordable(3 * macs * busy(context), 12, mostSteps);
  const ascent = { ...usualAscent, layer: spec.name, map, cell: null, start: 'noise' as const, seed: 1, steps };
  const silent = { signal, progress: () => undefined, onPicture: () => undefined };
  const { picture, curve, ends } = await maximise(
    useOf(context),
    ascent,
    { image: null, classes: [...classes] },
    silent,
  );
  const { from, to, outcome, prediction } = ends!;
  if (outcome === 'broken') return [warning('The value or its gradient is not a number: nothing can be maximised.')];
  if (outcome === 'flat') return [note('No pixel of the beginning changes the value, so no picture can be found.')];
  const size = [picture.height, picture.width] as const;
  const sentence = `Its value over the ${formatCount(curve.length)} steps`;
  const points = Array.from(curve, (value, step) => [step, value] as const);
  const curves = [{ label: `${spec.name}, ${map}`, color: seriesColor(0, false), dashed: false, points }];
  const axes = [{ name: 'step', length: curve.length }];
  return [
    pictures(
      {
        file: await shelf.picture(`${folder}/maximised.png`, asPicture(picture.pixels, size, picture.channels)),
        alt: `The picture that maximises ${spec.name}, ${map}`,
        caption: `The picture that maximises its mean, by ${formatCount(steps)} steps of gradient ascent from noise: from ${formatValue(from)} to ${formatValue(to)}. The network takes it for ${prediction.class} (${formatPercent(prediction.probability)}).`,
        kind: 'pixels',
        numbers: [shelf.npy(`${folder}/maximised.npy`, picture.pixels, [...size, picture.channels])],
      },
      {
        file: shelf.write(
          `${folder}/maximised.svg`,
          curvesSvg(sentence, { xLabel: 'step', yLabel: 'value', curves, yScale: 'data' }),
        ),
        ...{ alt: sentence, caption: `${sentence}.`, kind: 'chart' },
        numbers: [shelf.csv(`${folder}/maximised.csv`, [{ name: 'value', axes, values: curve }])],
      },
    ),
  ];
}

async function exciting(
  context: ReportContext,
  layer: ReportLayer,
  map: number,
  given: readonly Candidate[] | null,
): Promise<Block[]> {
  const { batch, preprocessing, decoder, signal, macs } = context;
  const bounded = affordable(macs * busy(context), 8, 32);
  const candidates = given ?? batch.paths.slice(0, bounded).map((path, at) => ({ id: at + 1, path, label: 0 }));
  const found = await excitingImages(
    useOf(context),
    { layer: layer.spec.name, most },
    { candidates, preprocessing, decoder },
    { signal, progress: () => undefined, onFound: () => undefined },
  );
  const shown = rankedOf(found, map, candidates);
  const which = given ? 'the folder that was given' : 'the training batch (give others with --images)';
  const unreadable = found.unreadable.length > 0 ? ` ${formatCount(found.unreadable.length)} could not be read.` : '';
  const told = text(`Of ${formatCount(found.done)} images of ${which} these excite it most.${unreadable}`);
  return shown.length === 0 ? [told] : [told, ...(await crops(context, layer, shown))];
}

interface Ranked {
  path: string;
  value: number;
  cell: number;
}

function rankedOf({ ranked: { cell } }: ExcitingImages, map: number, candidates: readonly Candidate[]): Ranked[] {
  const paths = new Map(candidates.map(({ id, path }) => [id, path]));
  return Array.from({ length: most }, (_, at) => map * most + at).flatMap((at) => {
    const path = paths.get(cell.ids[at]!);
    return path === undefined ? [] : [{ path, value: cell.values[at]!, cell: cell.cells[at]! }];
  });
}

/** Of each image the part that its strongest cell sees; what lies beyond its edges is white. */
async function crops(context: ReportContext, layer: ReportLayer, shown: readonly Ranked[]): Promise<Block[]> {
  const { network, preprocessing, decoder, shelf } = context;
  const { spec, folder, description } = layer;
  const [height, width] = network.input.size;
  const { channels } = network.input;
  const images = await Promise.all(shown.map(({ path }) => decoder.pixels(path, preprocessing)));
  const field = fieldsOf(network, context.classes.length).get(spec.name);
  const columns = description.outputShape?.length === 3 ? description.outputShape[1] : null;
  const whole = { top: 0, left: 0, height, width };
  const boxes = shown.map(({ cell }) => {
    const box = columns === null ? unitBox(field, cell) : boxAt(field, Math.floor(cell / columns), cell % columns);
    return box && box.height * box.width < height * width ? box : whole;
  });
  const size = [Math.max(...boxes.map((box) => box.height)), Math.max(...boxes.map((box) => box.width))] as const;
  const scale = Math.max(1, Math.floor(96 / Math.max(...size)));
  const sheet = paintTiles({ count: shown.length, columns: 3, size }, scale, (tile, cell, pixels, at) => {
    const [y, x] = [boxes[tile]!.top + Math.floor(cell / size[1]), boxes[tile]!.left + (cell % size[1])];
    if (y < 0 || x < 0 || y >= height || x >= width) return;
    for (let channel = 0; channel < 3; channel++) {
      pixels[at + channel] = images[tile]![(y * width + x) * channels + (channels === 1 ? 0 : channel)]!;
    }
  });
  const axes = [{ name: 'image', length: shown.length, labels: shown.map(({ path }) => path) }];
  return [
    pictures({
      file: await shelf.picture(`${folder}/exciting.png`, sheet),
      alt: `Images that excite ${spec.name} most`,
      caption: 'Of each image the part that its strongest cell sees, strongest first, row by row.',
      kind: 'pixels',
      numbers: [
        shelf.csv(`${folder}/exciting.csv`, [
          { name: 'value', axes, values: Float64Array.from(shown, ({ value }) => value) },
          { name: 'cell', axes, values: Int32Array.from(shown, ({ cell }) => cell) },
        ]),
      ],
    }),
  ];
}

/** What each layer sees against what it can see, in the order of the layers. */
export function fieldTable({ shelf }: ReportContext, fields: readonly EffectiveField[]): Part {
  const axes = [{ name: 'layer', length: fields.length, labels: fields.map(({ layer }) => layer) }];
  const side = (name: string, of: (field: EffectiveField) => number | undefined) => ({
    ...{ name, unit: 'px', axes },
    values: Float64Array.from(fields, (field) => of(field) ?? NaN),
  });
  return {
    id: 'sees',
    title: 'What the layers see',
    blocks: [
      text('What a layer’s middle cell can see of the image, and where 95 % of its gradient lie.'),
      {
        kind: 'table',
        caption: 'Receptive fields in pixels, height × width',
        columns: ['Layer', 'Theoretical', 'Effective'],
        rows: fields.map(({ layer, theoretical, effective }) => [layer, sizeText(theoretical), sizeText(effective)]),
        numbers: [
          shelf.csv('sees.csv', [
            side('theoretical height', ({ theoretical }) => theoretical?.height),
            side('theoretical width', ({ theoretical }) => theoretical?.width),
            side('effective height', ({ effective }) => effective?.height),
            side('effective width', ({ effective }) => effective?.width),
          ]),
        ],
      },
    ],
  };
}
