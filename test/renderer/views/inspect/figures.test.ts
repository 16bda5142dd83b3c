/** What each tab of Inspect takes along: the report's own numbers in arrays of the right shape, and a drawing of them. */
import sharp from 'sharp';
import { describe, expect, it, test } from 'vitest';
import { numbersCsv, shapeOf } from '../../../../src-main/shared/figure/numbers.ts';
import type { Attribution } from '../../../../src-main/shared/inspect/attribution.ts';
import type { EffectiveField } from '../../../../src-main/shared/inspect/drives.ts';
import { slideKernel } from '../../../../src-main/shared/inspect/convolution.ts';
import type { LayerSpread, Spread } from '../../../../src-main/shared/inspect/distributions.ts';
import type { EquivarianceReport, LayerEquivariance } from '../../../../src-main/shared/inspect/equivariance.ts';
import type { KernelReport } from '../../../../src-main/shared/inspect/kernels.ts';
import type { PoolingKept, PoolingReport } from '../../../../src-main/shared/inspect/pooling-report.ts';
import type { Maps } from '../../../../src-main/shared/inspect/maps.ts';
import { poolingMethods } from '../../../../src-main/shared/inspect/pooling.ts';
import { spreadBins } from '../../../../src-main/shared/inspect/spread-history.ts';
import type { SumOfMap } from '../../../../src-main/shared/inspect/sum.ts';
import type {
  BatchNormReport,
  LayerSummary,
  MapStatistics,
  NormHistory,
} from '../../../../src-main/shared/inspection.ts';
import { formatValue } from '../../../../src-main/shared/numbers.ts';
import { createRandom } from '../../../../src-main/shared/random.ts';
import type { PixelImage } from '../../../../src-main/shared/pictures.ts';
import type { Shape } from '../../../../src-main/shared/network/spec.ts';
import { arrayFile } from '../../../../src-renderer/figures/arrays.ts';
import { channelsFigure, chartFigure, histogramsFigure } from '../../../../src-renderer/figures/build.ts';
import type { Figure, Frame, TablePicture } from '../../../../src-renderer/figures/figure.ts';
import { figureSvg } from '../../../../src-renderer/figures/svg/draw.ts';
import {
  batchText,
  channelTableFigure,
  heatMapFigure,
  modePictures,
} from '../../../../src-renderer/views/inspect/figures/batch-norm.ts';
import { courseFigure, spreadTableFigure } from '../../../../src-renderer/views/inspect/figures/distribution.ts';
import { excitingFigure, fieldFigure, growthFigure } from '../../../../src-renderer/views/inspect/figures/drives.ts';
import { growthRows } from '../../../../src-renderer/views/inspect/drives/growth.ts';
import { errorsFigure, movedFigure } from '../../../../src-renderer/views/inspect/figures/equivariance.ts';
import { equationFigure, equationPictures } from '../../../../src-renderer/views/inspect/figures/gradients.ts';
import { kernelsFigure, similarityFigure } from '../../../../src-renderer/views/inspect/figures/kernels.ts';
import { layerFigure, mapFigure, stripFigure } from '../../../../src-renderer/views/inspect/figures/maps.ts';
import {
  keptFigure,
  keptMethods,
  pooledFigure,
  pooledPictures,
} from '../../../../src-renderer/views/inspect/figures/pooling.ts';
import { sumFigure, type SumView } from '../../../../src-renderer/views/inspect/figures/sum.ts';
import { heatFigure, howText } from '../../../../src-renderer/views/inspect/figures/why.ts';
import { readNpy } from '../../figures/read-back.ts';

const random = createRandom(7);
const float = (length: number) => Float32Array.from({ length }, () => random.normal());
const list = (length: number) => [...float(length)];
const maps = (height: number, width: number, channels: number) => ({
  shape: [height, width, channels] as [number, number, number],
  values: float(height * width * channels),
});
const planeOf = ({ shape, values }: Maps, channel: number) => values.filter((_, at) => at % shape[2] === channel);
const pixels = (height: number, width: number) => ({
  ...{ height, width, channels: 3 as const },
  pixels: Uint8Array.from({ length: height * width * 3 }, () => random.int(256)),
});

/** By name; no two have one name, and each has as many values as its shape. */
function arraysOf({ numbers }: Figure): Record<string, { shape: number[]; values: number[] }> {
  const names = numbers.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  return Object.fromEntries(
    numbers.map((array) => {
      const shape = shapeOf(array);
      expect(array.values).toHaveLength(shape.reduce((a, b) => a * b, 1));
      return [array.name, { shape, values: [...array.values] }];
    }),
  );
}
/** The same in every format. */
async function expectTaken(figure: Figure): Promise<void> {
  const svg = figureSvg(figure, ['Layer: conv1']);
  expect(svg).not.toMatch(/="[^"]*(NaN|undefined|Infinity)/);
  const { width, height } = await sharp(Buffer.from(svg)).metadata();
  expect(Math.min(width, height)).toBeGreaterThan(60);
  const { suffix, data } = arrayFile(figure, []);
  if (suffix === '.npy') expect(readNpy(data).values).toEqual([...figure.numbers[0]!.values]);
  expect(numbersCsv(figure.numbers).split('\r\n').length).toBeGreaterThan(1);
}

function statistics(count: number): MapStatistics {
  const zero = () => new Float32Array(count);
  return { min: zero().fill(-2), max: zero().fill(2), mean: zero(), variance: zero(), zeros: zero(), broken: zero() };
}
const layerOf = (shape: Shape, previewed = 4): LayerSummary => {
  const count = shape.length === 3 ? shape[2] : 1;
  const preview = { first: 0, count: Math.min(previewed, count), height: 1, width: 1, bytes: new Uint8Array() };
  return { name: 'conv1', kind: 'conv2d', shape, statistics: statistics(count), preview };
};
const range = { min: -2, max: 2 };

describe('maps', () => {
  const view = { order: [2, 0, 1], rangeOf: () => range, caption: String, unitNames: [] as string[] };

  test('all of a layer, in the order in which they are shown', async () => {
    const { shape, values } = maps(4, 5, 3);
    const figure = layerFigure(layerOf(shape), values, view);
    expect(arraysOf(figure)).toEqual({ value: { shape: [4, 5, 3], values: [...values] } });
    expect(figure.panels.map(({ title }) => title)).toEqual(['2', '0', '1']);
    const [first] = figure.panels;
    expect(first!.picture).toMatchObject({ kind: 'map', size: [4, 5], values: planeOf({ shape, values }, 2) });
    await expectTaken(figure);
  });

  test('a vector, whose units have the names of the classes', async () => {
    const values = float(10);
    const names = Array.from({ length: 10 }, (_, at) => `class ${at}`);
    const figure = layerFigure(layerOf([10]), values, { ...view, order: [0], unitNames: names });
    expect(arraysOf(figure)).toEqual({ value: { shape: [10], values: [...values] } });
    expect(figure.numbers[0]!.axes[0]!.labels).toEqual(names);
    expect(figure.panels[0]!.picture).toMatchObject({ size: [3, 4] });
    await expectTaken(figure);
  });

  test('one, and the first of every layer', async () => {
    const values = float(20);
    expect(arraysOf(mapFigure(layerOf([4, 5, 3]), 1, values, range))).toEqual({
      value: { shape: [4, 5], values: [...values] },
    });
    const known: Record<string, Float32Array> = {};
    const layers = [layerOf([4, 5, 3], 2), { ...layerOf([10]), name: 'logits' }];
    const strip = await stripFigure(layers, (layer, map) =>
      Promise.resolve((known[`${layer} ${map}`] = float(layer === 'conv1' ? 20 : 10))),
    );
    expect(arraysOf(strip)).toEqual({
      conv1: { shape: [2, 4, 5], values: [...known['conv1 0']!, ...known['conv1 1']!] },
      logits: { shape: [10], values: [...known['logits 0']!] },
    });
    expect(strip.panels).toHaveLength(3);
    await expectTaken(strip);
  });
});

test('the sum: patch, kernel and product of every channel make the output', async () => {
  const input = maps(6, 7, 2);
  const kernel = { size: [3, 3] as [number, number], channels: 2, values: float(18) };
  const sliding = {
    strides: [1, 1],
    dilation: [1, 1],
    padding: [
      [1, 1],
      [1, 1],
    ],
  } as Pick<SumOfMap, 'sliding'>['sliding'];
  const output = Float32Array.from(slideKernel(input, kernel, sliding, [6, 7]));
  const sum: SumOfMap = {
    ...{ layer: 'conv1', map: 3, maps: 4, source: 'input', firstChannel: 0, bias: null, after: [] },
    ...{ input, kernel, sliding, output, size: [6, 7] },
  };
  const view: SumView = {
    ...{ sum, laid: kernel, laidName: 'Kernel', channelName: 'Green', compared: true, notes: [] },
    ...{ cell: [2, 3], channel: 1 },
  };
  const figure = sumFigure(view, false);
  const arrays = arraysOf(figure);
  expect(Object.values(arrays).map(({ shape }) => shape)).toEqual([
    [6, 7],
    [6, 7],
    [3, 3, 2],
    [3, 3, 2],
    [3, 3, 2],
    [3],
  ]);
  const [green, made, patch, weights, product, lines] = Object.values(arrays).map(({ values }) => values);
  expect(green).toEqual([...planeOf(input, 1)]);
  expect(made).toEqual([...output]);
  expect(patch![0]).toBe(input.values[(1 * 7 + 2) * 2]);
  expect(weights).toEqual([...kernel.values]);
  expect(product!.reduce((a, b) => a + b, 0)).toBeCloseTo(output[2 * 7 + 3]!, 5);
  expect(lines![1]).toBeNaN(); // no bias
  expect(lines![2]).toBeCloseTo(output[2 * 7 + 3]!, 5);
  expect(figure.panels.map(({ sign }) => sign ?? '')).toEqual(['', '', '', '×', '=', '']);
  const table = figure.panels.at(-1)!.picture as TablePicture;
  expect(table.rows.map((row) => row.length)).toEqual([5, 5, 5]);
  expect(table.rows[2]![3]).toBe(formatValue(output[2 * 7 + 3]!));
  expect(sumFigure({ ...view, compared: false }, false).panels.at(-1)!.picture).toMatchObject({
    columns: ['Step', 'Formula', 'Value'],
  });
  await expectTaken(figure);
  const framesOf = (one: Figure) => one.panels.slice(0, 2).map(({ picture }) => 'frames' in picture && picture.frames);
  const box = { top: 1, left: 2, height: 3, width: 3 };
  expect(framesOf(figure)).toEqual([[{ box }], [{ box: { top: 2, left: 3, height: 1, width: 1 } }]]);
  const dilated = { ...sum, sliding: { ...sliding, dilation: [2, 1] as [number, number] } };
  const taps = framesOf(sumFigure({ ...view, sum: dilated }, false))[0];
  expect(taps).toHaveLength(9);
  expect((taps as Frame[])[8]!.box).toEqual({ top: 5, left: 4, height: 1, width: 1 });
  const dense = sumFigure(view, true);
  expect(dense.panels.map(({ picture }) => picture.kind)).toEqual(['table']);
  // A dense layer has inputs where a convolution has channels.
  const firstCell = (one: Figure) => (one.panels.at(-1)!.picture as TablePicture).rows[0]![0];
  expect([figure, dense].map(firstCell)).toEqual(['All 2 channels', 'All 2 inputs']);
  await expectTaken(dense);
});

describe('kernels', () => {
  const kernels = { size: [3, 2] as [number, number], channels: 3, count: 4, values: float(4 * 18) };
  const before = { ...kernels, values: float(4 * 18) };
  const report: KernelReport = {
    ...{ layer: 'conv1', weights: ['kernel'], weight: 'kernel', first: 0, kernels, all: 4 },
    ...{ norms: float(4), similarity: float(16), similar: 4, change: { kernels: before, relative: float(4) } },
  };

  it.each(['colour', 1] as const)('are the values of all, whatever is in sight: %s', async (view) => {
    const figure = kernelsFigure(report, [3, 1], view, range);
    expect(arraysOf(figure)).toEqual({
      kernel: { shape: [4, 3, 2, 3], values: [...kernels.values] },
      norm: { shape: [4], values: [...report.norms] },
      'kernel before': { shape: [4, 3, 2, 3], values: [...before.values] },
      'change relative to before': { shape: [4], values: [...report.change!.relative] },
    });
    expect(figure.panels.map(({ title }) => title.split(' · ')[0])).toEqual(['Kernel 3', 'Kernel 1']);
    await expectTaken(figure);
  });

  it('of one cell are rows of channels; and how alike they are', async () => {
    const point = { size: [1, 1] as [number, number], channels: 10, count: 4, values: float(40) };
    const figure = kernelsFigure({ ...report, kernels: point, change: null }, [0], 'channels', range);
    expect(figure.panels[0]!.picture).toMatchObject({ size: [3, 4], values: point.values.subarray(0, 10) });
    expect(arraysOf(figure)['kernel']).toEqual({ shape: [4, 1, 1, 10], values: [...point.values] });
    await expectTaken(figure);
    const alike = similarityFigure(report);
    expect(arraysOf(alike)).toEqual({ cosine: { shape: [4, 4], values: [...report.similarity] } });
    await expectTaken(alike);
  });
});

describe('batch norm', () => {
  const firstImage = { shape: [4, 5, 3], training: float(60), inference: float(60) };
  const report = {
    ...{
      layer: 'bn1',
      batch: ['a.png'],
      epsilon: 0.001,
      firstImage,
      gap: { channels: list(3), layer: 1, classesChanged: 0 },
    },
    ...{
      batchMean: list(3),
      batchVariance: list(3),
      runningMean: list(3),
      runningVariance: list(3),
      gamma: list(3),
      beta: list(3),
    },
  } as unknown as BatchNormReport;

  test('a row a channel', async () => {
    const figure = channelTableFigure(report);
    expect(figure.notes).toEqual([
      expect.stringContaining('one image alone'),
      expect.stringContaining(' 1 standard dev'),
    ]);
    expect(batchText({ batch: ['a', 'b'] })).toBe('Measured on a fixed batch of 2 training images.');
    const arrays = Object.values(arraysOf(figure)).map(({ values }) => values);
    const { batchMean, batchVariance, runningMean, runningVariance, gamma, beta, gap } = report;
    expect(arrays).toEqual([batchMean, batchVariance, runningMean, runningVariance, gamma, beta, gap.channels]);
    await expectTaken(figure);
  });

  test('one channel in both modes, and their difference', async () => {
    const figure = channelsFigure('Modes', modePictures(report, 1));
    const [training, inference, difference] = Object.values(arraysOf(figure));
    const at = (values: Float32Array) => [...values.filter((_, cell) => cell % 3 === 1)];
    expect(training).toEqual({ shape: [4, 5], values: at(firstImage.training) });
    expect(inference!.values).toEqual(at(firstImage.inference));
    expect(difference!.values[7]).toBeCloseTo(inference!.values[7]! - training!.values[7]!, 6);
    await expectTaken(figure);
    expect(modePictures({ ...report, firstImage: { ...firstImage, shape: [60] } }, 1)).toEqual([]);
  });

  test('the heat map of drift: channels down, steps to the right; the numbers as they were recorded', async () => {
    const values = float(6);
    const history = { steps: [0, 10, 20], channels: 2, figures: {} } as unknown as NormHistory;
    const figure = heatMapFigure('Drift', history, values, range);
    expect(arraysOf(figure)).toEqual({ value: { shape: [3, 2], values: [...values] } });
    expect(figure.numbers[0]!.axes[0]!.labels).toEqual([0, 10, 20]);
    expect(figure.panels[0]!.picture).toMatchObject({
      size: [2, 3],
      values: new Float32Array([0, 2, 4, 1, 3, 5].map((at) => values[at]!)),
    });
    await expectTaken(figure);
  });
});

describe('pooling', () => {
  const pooled = Object.fromEntries(
    poolingMethods.map((method) => [
      method,
      { ...maps(2, 2, 3), mean: 0, std: 1, winners: method === 'max' ? new Int32Array(12) : null },
    ]),
  ) as PoolingReport['pooled'];
  const kept = Object.fromEntries(
    keptMethods.map((method) => [
      method,
      {
        level: random.next(),
        background: random.next(),
        texture: random.next(),
        noise: random.next(),
        bias: random.next(),
      },
    ]),
  ) as Record<(typeof keptMethods)[number], PoolingKept>;
  const report: PoolingReport = {
    ...{ layer: 'pool1', source: 'relu1', uses: 'max', before: [0, 0], measuredOn: [4, 4], pooled, kept },
    window: { kernel: [2, 2], strides: [2, 2], padding: 'valid' },
    channels: { from: 0, count: 3, all: 3 },
    input: { ...maps(4, 4, 3), mean: 0, std: 1 },
  };

  it.each(['values', 'differences'] as const)('every method beside its input: %s', async (shown) => {
    const figure = pooledFigure(2, pooledPictures(report, 2, shown), report.window);
    const arrays = arraysOf(figure);
    expect(Object.values(arrays).map(({ shape }) => shape)).toEqual([
      [4, 4],
      ...poolingMethods.map(() => [2, 2]),
      [4, 4],
    ]);
    expect(arrays['Input']!.values).toEqual([...planeOf(report.input, 2)]);
    const [max, mean] = [planeOf(pooled.max, 2), planeOf(pooled.mean, 2)];
    expect(arrays['Max']!.values).toEqual(
      shown === 'values' ? [...max] : [...max.map((value, at) => value - mean[at]!)],
    );
    // All four windows were won by the first cell of the first channel.
    expect(Object.values(arrays).at(-1)!.values).toEqual([4, ...Array.from({ length: 15 }, () => 0)]);
    expect(figure.notes).toEqual(['Window 2 × 2 cells, stride 2 × 2']);
    await expectTaken(figure);
  });

  it('what each keeps: the measures, where the table shows shares', async () => {
    const figure = keptFigure(report, (method, key) => `${method} ${key}`);
    expect(figure.notes).toEqual([
      'Window 2 × 2 cells, stride 2 × 2',
      'Measured on channels 0 to 2 of 3, 4 × 4 cells.',
    ]);
    expect(Object.values(arraysOf(figure)).map(({ values }) => values)).toEqual(
      (['level', 'background', 'texture', 'noise', 'bias'] as const).map((key) =>
        keptMethods.map((method) => kept[method][key]),
      ),
    );
    expect(figure.panels[0]!.picture).toMatchObject({
      rows: expect.arrayContaining([expect.arrayContaining(['max bias'])]),
    });
    await expectTaken(figure);
  });
});

test.each(['gradCam', 'occlusion'] as const)('why this class: the heat of %s', async (method) => {
  const heat = float(30);
  const attribution = { method, heat, height: 5, width: 6 } as Attribution;
  const figure = heatFigure('Heat', pixels(5, 6), attribution, { strength: 0.6, notes: ['At layer conv2'] });
  expect(arraysOf(figure)).toEqual({ value: { shape: [5, 6], values: [...heat] } });
  expect(figure.panels.map(({ picture }) => picture.kind)).toEqual(['pixels', 'map']);
  const said = [...figureSvg(figure, []).matchAll(/>([^<]+)<\/text>/g)].map(([, words]) => words!);
  expect(said).toContain('At layer conv2');
  expect(
    said.filter((words) =>
      words.endsWith(method === 'gradCam' ? 'weighted sum of the maps' : 'fall of the probability, 0 to 1'),
    ),
  ).toHaveLength(1);
  await expectTaken(figure);
});

test('how a class was explained, in words', () => {
  expect(howText({ method: 'gradCam', layer: 'conv2' })).toBe('At layer conv2');
  expect(howText({ method: 'occlusion', patch: { size: 9, stride: 5 }, fill: 'grey' })).toBe(
    'Patch of 9 × 9 px every 5 px, covered with grey',
  );
  expect(howText({ method: 'integratedGradients', baseline: 'black', steps: 64 })).toBe(
    'From black to the image in 64 steps',
  );
});

test('gradients: two planes, and what both ways make of them', async () => {
  const plane = (height: number, width: number) => ({
    height,
    width,
    values: Float64Array.from(float(height * width)),
  });
  const ways = { engine: plane(3, 3), convolution: plane(3, 3), difference: 0 };
  const [image, template] = [plane(8, 9), plane(6, 7)];
  const figure = equationFigure(
    'dL/dW',
    equationPictures({ name: 'Input', plane: image }, { name: 'Delta', plane: template }, ways),
    ['Filter 0'],
  );
  expect(figure.panels.map(({ sign }) => sign)).toEqual(['', '⋆', '=', '≈']);
  const expected = [image, template, ways.convolution, ways.engine];
  expect(Object.values(arraysOf(figure))).toEqual(
    expected.map(({ height, width, values }) => ({ shape: [height, width], values: [...values] })),
  );
  await expectTaken(figure);
});

describe('equivariance', () => {
  const placement = { shift: [3, -2], scale: 1, degrees: 0 } as const;
  const [layerThenMove, moveThenLayer] = [maps(4, 5, 3), maps(4, 5, 3)];
  const input = pixels(8, 9);
  const moved = pixels(8, 9).pixels;
  const report: EquivarianceReport = { moved, layers: [], maps: { from: 16, all: 32, layerThenMove, moveThenLayer } };
  const place = { ...placement, shift: [3, -2] as [number, number] };

  test('both ways round, with how far the image was moved', async () => {
    const figure = movedFigure(report, input, 1, place);
    const [image, one, two, difference] = Object.values(arraysOf(figure));
    expect(image).toEqual({ shape: [8, 9, 3], values: [...moved] });
    expect(one!.values).toEqual([...planeOf(layerThenMove, 1)]);
    expect(two!.values).toEqual([...planeOf(moveThenLayer, 1)]);
    expect(difference!.values[3]).toBeCloseTo(two!.values[3]! - one!.values[3]!, 6);
    expect(figure.title).toContain('channel 17');
    expect(figure.notes).toEqual(['Down: 3 px, To the right: -2 px, Scale: × 1, Turn: 0°']);
    await expectTaken(figure);
    expect(Object.keys(arraysOf(movedFigure({ ...report, maps: null }, input, 0, place)))).toHaveLength(1);
  });

  test('a row a layer; a vector has nothing inside', async () => {
    const layers = [
      { name: 'conv1', error: 0.25, inner: 0.125 },
      { name: 'gap', error: 0.5, inner: null },
    ] as LayerEquivariance[];
    const figure = errorsFigure(layers, place);
    expect(Object.values(arraysOf(figure)).map(({ values }) => values)).toEqual([
      [0.25, 0.5],
      [0.125, NaN],
    ]);
    await expectTaken(figure);
  });
});

describe('distribution', () => {
  const spread = (): Spread => ({
    ...{ histogram: { from: -1, to: 3, counts: [1, 2, 3, 4] }, size: random.next(), zeros: 0.25, broken: 0 },
  });
  const layers: LayerSpread[] = [
    {
      ...{ name: 'conv1', kind: 'conv2d', activations: spread(), saturated: null, gradient: spread() },
      weights: [{ field: 'kernel', values: spread(), gradient: spread() }],
    },
    { name: 'sigmoid1', kind: 'activation', activations: spread(), saturated: 0.5, gradient: null, weights: [] },
  ];

  test('histograms have the edges of their bins', async () => {
    const figure = histogramsFigure('Spread', [{ label: 'Activations', histogram: spread().histogram }], 'values');
    expect(arraysOf(figure)).toEqual({
      'Activations, from': { shape: [4], values: [-1, 0, 1, 2] },
      'Activations, to': { shape: [4], values: [0, 1, 2, 3] },
      'Activations, count': { shape: [4], values: [1, 2, 3, 4] },
    });
    await expectTaken(figure);
  });

  test('a row a layer; what a layer does not have is no number', async () => {
    const figure = spreadTableFigure(layers);
    const [conv, sigmoid] = layers;
    expect(Object.values(arraysOf(figure)).map(({ values }) => values)).toEqual([
      [conv!.activations.size, sigmoid!.activations.size],
      [conv!.weights[0]!.values.size, NaN],
      [conv!.gradient!.size, NaN],
      [conv!.weights[0]!.gradient!.size, NaN],
      [0.25, 0.25],
      [NaN, 0.5],
    ]);
    await expectTaken(figure);
  });

  test('over the steps: the counts as recorded', async () => {
    const counts = float(2 * spreadBins).map(Math.abs);
    const figures = { least: float(2), largest: float(2) };
    const cells = float(6);
    const map = { from: -1, to: 1, rows: 3, columns: 2, shares: cells, cells, range, show: String };
    const figure = courseFigure(
      'Course',
      [0, 50],
      { field: 'output', isGradient: false, counts, figures } as never,
      map,
    );
    expect(arraysOf(figure)).toEqual({
      count: { shape: [2, spreadBins], values: [...counts] },
      least: { shape: [2], values: [...figures.least] },
      largest: { shape: [2], values: [...figures.largest] },
    });
    await expectTaken(figure);
  });
});

test('curves are arrays over their places, in the colours for white paper', async () => {
  const points = [
    [1, 0.5],
    [2, 0.25],
  ] as const;
  const curves = [
    { label: 'max', color: '#56b4e9', dashed: false, points },
    { label: 'mean', color: '#f0814a', dashed: true, points },
  ];
  const chart = { xLabel: 'pixels', yLabel: 'change in %', curves };
  const figure = chartFigure('Response', [
    { name: 'Shift', unit: '%', chart },
    { name: 'Turn', chart },
  ]);
  expect(Object.keys(arraysOf(figure))).toEqual(['Shift, max', 'Shift, mean', 'Turn, max', 'Turn, mean']);
  expect(figure.numbers[0]).toMatchObject({ unit: '%', axes: [{ name: 'pixels', length: 2, labels: [1, 2] }] });
  expect(figureSvg(figure, [])).not.toContain('#56b4e9');
  await expectTaken(figure);
});

describe('what drives a unit', () => {
  const image = pixels(6, 8);
  const box = { top: -1, left: 2, height: 4, width: 3 };

  test('the images that excite it: each with its frame, and what is inside', async () => {
    const entry = { label: 1, value: 0.5, cell: 7, image, box, className: 'cat', path: '/images/cat 1.png' };
    const lost = { ...entry, id: 9, image: null, path: '' };
    const figure = excitingFigure('Exciting', [{ ...entry, id: 3 }, lost], 5, ['All 2 images.']);
    expect(figure.panels.map(({ title }) => title)).toEqual(['1: 0.5, cat', '1: inside the frame']);
    expect(figure.panels[0]!.picture).toMatchObject({ image, frames: [{ box }] });
    expect(figure.panels[1]!.picture).toMatchObject({ image: { height: 3, width: 3 } });
    const rowsOf = (shown: PixelImage) => {
      const many = Array.from({ length: 5 }, () => ({ ...entry, id: 3, image: shown }));
      return excitingFigure('Exciting', many, 5, []).panels.flatMap(({ newRow }, at) => (newRow ? [at] : []));
    };
    expect(rowsOf(image)).toEqual([0, 6]); // pairs stay together
    expect(rowsOf(pixels(6, 224))).toEqual([0, 4, 8]);
    expect(figure.notes).toEqual(['All 2 images.']);
    const [value, id, row, column] = Object.values(arraysOf(figure)).map(({ values }) => values);
    expect([value, id, row, column]).toEqual([
      [0.5, 0.5],
      [3, 9],
      [1, 1],
      [2, 2],
    ]);
    expect(figure.numbers[0]!.axes[0]!.labels).toEqual(['1: /images/cat 1.png', '2']);
    await expectTaken(figure);
    const whole = excitingFigure('Exciting', [{ ...entry, id: 3, box: null }], 5, []);
    expect(whole.panels).toHaveLength(1);
  });

  test('what it sees: both frames on the gradient, the effective one dashed', async () => {
    const heat = float(48).map(Math.abs);
    const effective = { top: 1, left: 2, height: 2, width: 3 };
    const seen: EffectiveField = {
      ...{ layer: 'conv2', kind: 'conv2d', map: null, images: 4, height: 6, width: 8, heat },
      ...{ theoretical: box, effective, broken: false },
    };
    const figure = fieldFigure('Sees', seen, ['Over 4 images, seed 1.']);
    expect(figure.panels[0]!.picture).toMatchObject({
      frames: [
        { box, dashed: false },
        { box: effective, dashed: true },
      ],
    });
    expect(arraysOf(figure)).toEqual({
      gradient: { shape: [6, 8], values: [...heat] },
      Theoretical: { shape: [4], values: [-1, 2, 4, 3] },
      Effective: { shape: [4], values: [1, 2, 2, 3] },
    });
    await expectTaken(figure);
  });

  test('growing with depth: shares with one digit, whatever row they are in', async () => {
    const sizes = Array.from({ length: 12 }, (_, at) => ({
      ...{ layer: `l${at}`, kind: 'conv2d' as const, broken: false },
      ...{ theoretical: { top: 0, left: 0, height: 6, width: 6 }, effective: { top: 0, left: 0, height: 4, width: 3 } },
    }));
    const figure = growthFigure('Growing', growthRows(sizes, [6, 8]), []);
    const { rows } = figure.panels.at(-1)!.picture as TablePicture;
    expect(new Set(rows.map((row) => row.at(-1)))).toEqual(new Set(['33.3 %']));
    await expectTaken(figure);
  });
});
