/** Pooling: every method side by side, what each keeps, and how it answers to moving the image. */
import { poolingMethods, winCounts } from '../../../shared/inspect/pooling.ts';
import type { PoolingMethod } from '../../../shared/inspect/pooling.ts';
import type { PoolingReport } from '../../../shared/inspect/pooling-report.ts';
import { formatPercent, formatShape, formatValue } from '../../../shared/numbers.ts';
import { mapGrid, scaleFor } from '../map-image.ts';
import { around0, diverging, rangeOf, seriesColor, viridis } from '../../../shared/colors.ts';
import { poolingResponse } from '../pooling-response.ts';
import { poolingReport } from '../pooling.ts';
import { curvesSvg } from '../../report/charts.ts';
import type { ReportContext, ReportLayer } from './context.ts';
import { pictures, text } from './page.ts';
import type { Block, Part, Picture } from './page.ts';

/** Pixels across for three pictures in a line. */
const sideBySide = 320;

const names: Record<PoolingMethod | 'none', string> = {
  none: 'No pooling',
  max: 'Max',
  mean: 'Mean',
  min: 'Min',
  l2: 'L2',
  strided: 'Strided',
};

/** Pictures of all channels, pooled as the network could have done. */
type Whole = Record<'max' | 'mean' | 'difference', { maps: string }>;

/** `withCurves`: the image is moved in 27 ways, which takes as many passes. */
export async function poolingSection(
  context: ReportContext,
  layer: ReportLayer,
  { whole, withCurves }: { whole: Whole | undefined; withCurves: boolean },
): Promise<Part> {
  const { model, network, pixels } = context;
  const report = poolingReport(model, network, pixels, { layer: layer.spec.name, from: 0 });
  const { window, source, uses, channels } = report;
  const of = `windows of ${formatShape(window.kernel)} cells, ${formatShape(window.strides)} cells from one to the next`;
  return {
    id: `${layer.id}-pooling`,
    title: uses ? 'Pooling' : 'Pooling, tried here',
    blocks: [
      text(
        uses
          ? `This layer pools ${source} by ${names[uses].toLowerCase()}: ${of}.`
          : `The network has no pooling layer. Here ${source} is pooled in ${of}, to try it.`,
      ),
      pictures(...(await methodPictures(context, layer, report)), ...(whole ? wholePictures(whole, layer) : [])),
      keptTable(context, layer, report),
      text(
        `Measured on channels ${channels.from} to ${channels.from + channels.count - 1} of ${channels.all}, ${formatShape(report.measuredOn)} cells.`,
      ),
      ...(withCurves
        ? [pictures(...(await curves(context, layer)))]
        : [
            text(
              'The curves of its response to moving the image are left out: the network is large, and they stand at its first pooling layer.',
            ),
          ]),
    ],
  };
}

/** For a page without the section. */
export const wholePart = (layer: ReportLayer, whole: Whole): Part => ({
  id: `${layer.id}-pooling`,
  title: 'Pooling',
  blocks: [pictures(...wholePictures(whole, layer))],
});

const wholePictures = ({ max, mean, difference }: Whole, { spec }: ReportLayer): Picture[] =>
  [
    { file: max.maps, title: 'Max pooling' },
    { file: mean.maps, title: 'Mean pooling' },
    { file: difference.maps, title: 'Max less mean' },
  ].map(({ file, title }) => ({
    ...{ file, alt: `${title} of what enters ${spec.name}`, kind: 'pixels' as const },
    caption: `${title} of all channels, from its own least value (dark) to its largest (yellow).`,
  }));

/** All channels that were pooled, one scale for every method; and each method's difference from the mean. */
async function methodPictures(
  { shelf }: ReportContext,
  { folder }: ReportLayer,
  report: PoolingReport,
): Promise<Picture[]> {
  const { input, pooled, uses, channels } = report;
  const all = rangeOf(
    [input, ...Object.values(pooled)].flatMap(({ values }) => Object.values(rangeOf(values)) as number[]),
  );
  const named = channels.count < channels.all ? `, channels 0 to ${channels.count - 1}` : '';
  const scale = scaleFor(input.shape, sideBySide);
  const shown: Picture[] = [];
  const add = async (
    name: string,
    caption: string,
    maps: { shape: readonly number[]; values: Float32Array },
    isDifference = false,
  ) => {
    const range = isDifference ? around0(maps.values) : all;
    shown.push({
      file: await shelf.picture(
        `${folder}/pooled-${name}.png`,
        mapGrid(maps.shape, maps.values, scale, { palette: isDifference ? diverging : viridis, range }),
      ),
      alt: caption,
      caption: `${caption}${named}, ${formatShape(maps.shape.slice(0, 2))} cells.`,
      kind: 'pixels',
      scale: { palette: isDifference ? 'diverging' : 'viridis', range },
      numbers: [shelf.npy(`${folder}/pooled-${name}.npy`, maps.values, maps.shape)],
    });
  };
  await add('input', 'What enters', input);
  for (const method of poolingMethods) {
    const maps = pooled[method];
    await add(method, `${names[method]}${uses === method ? ' (what the network does)' : ''}`, maps);
    if (method === 'mean') continue;
    const values = maps.values.map((value, at) => value - pooled.mean.values[at]!);
    await add(`${method}-less-mean`, `${names[method]} less mean`, { shape: maps.shape, values }, true);
  }
  const wins = winCounts(input, pooled.max.winners!);
  const range = { min: 0, max: rangeOf(wins.values).max };
  shown.push({
    file: await shelf.picture(
      `${folder}/pooled-wins.png`,
      mapGrid(wins.shape, wins.values, scale, { palette: viridis, range }),
    ),
    alt: 'Windows that each cell won',
    caption: 'How many windows each input cell won by being the largest.',
    kind: 'pixels',
    scale: { palette: 'viridis', range },
    numbers: [shelf.npy(`${folder}/pooled-wins.npy`, wins.values, wins.shape)],
  });
  return shown;
}

const measures = ['level', 'background', 'texture', 'noise', 'bias'] as const;
const methods = ['none', ...poolingMethods] as const;

function keptTable({ shelf }: ReportContext, { folder }: ReportLayer, { kept }: PoolingReport): Block {
  const share = (method: (typeof methods)[number], key: 'background' | 'texture') =>
    kept.none[key] === 0 ? 'none' : formatPercent(kept[method][key] / kept.none[key]);
  const axes = [{ name: 'method', length: methods.length, labels: methods }];
  const numbers = measures.map((name) => ({
    name,
    axes,
    values: Float64Array.from(methods, (method) => kept[method][name]),
  }));
  return {
    kind: 'table',
    caption:
      'What each method keeps. Background: energy at low spatial frequencies, texture: at higher ones, both of that of the input. Noise let through: variance of a pooled value over that of noise on every cell. Shift by noise: in its standard deviations',
    columns: ['Method', 'Mean', 'Background', 'Texture', 'Noise let through', 'Shift by noise'],
    rows: methods.map((method) => [
      names[method],
      formatValue(kept[method].level),
      share(method, 'background'),
      share(method, 'texture'),
      formatPercent(kept[method].noise),
      formatValue(Number(kept[method].bias.toFixed(3))),
    ]),
    numbers: [shelf.csv(`${folder}/pooling-keeps.csv`, numbers)],
  };
}

const moves = [
  { name: 'shift', title: 'Shift', axis: 'pixels to the right' },
  { name: 'scale', title: 'Scale', axis: 'times as large' },
  { name: 'rotation', title: 'Rotation', axis: 'degrees clockwise' },
] as const;

async function curves(context: ReportContext, { spec, folder }: ReportLayer): Promise<Picture[]> {
  const { model, network, pixels, shelf, signal } = context;
  const use = async <T>(work: (m: typeof model, n: typeof network) => T) => work(model, network);
  const response = await poolingResponse(use, pixels, { layer: spec.name }, { signal, progress: () => undefined });
  return moves.map(({ name, title, axis }) => {
    const { steps, changes } = response[name];
    const curves = methods.map((method, index) => ({
      ...{ label: names[method], color: seriesColor(index, false), dashed: method === 'none' },
      points: steps.map((step, at) => [step, 100 * changes[method][at]!] as const),
    }));
    const sentence = `${title}: how far the maps change when the image moves, in % of their length`;
    const axes = [{ name: axis, length: steps.length, labels: steps }];
    return {
      file: shelf.write(
        `${folder}/pooling-${name}.svg`,
        curvesSvg(sentence, { xLabel: axis, yLabel: 'change in %', curves }),
      ),
      alt: sentence,
      caption: `${sentence}. Lower is closer to invariance.`,
      kind: 'chart',
      numbers: [
        shelf.csv(
          `${folder}/pooling-${name}.csv`,
          methods.map((method) => ({ name: `${method} change`, axes, values: Float64Array.from(changes[method]) })),
        ),
      ],
    };
  });
}
