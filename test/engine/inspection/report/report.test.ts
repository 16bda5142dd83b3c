/** A report as its reader has it: a page, its links, and files whose numbers are those of the network. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DecoderClient } from '../../../../src-main/engine/images/decoder-client.ts';
import { inspectToFolder } from '../../../../src-main/engine/inspection/inspect-folder.ts';
import type { InspectTask } from '../../../../src-main/engine/inspection/inspect-folder.ts';
import type { NetworkJson } from '../../../../src-main/shared/network/spec.ts';
import { temporaryFolder } from '../../../decoder/support.ts';
import { filesBelow, makeRun, readCsv, readNpy } from './made-run.ts';
import type { MadeRun } from './made-run.ts';

const root = temporaryFolder();
const decoder = new DecoderClient({ processes: 1 });
afterAll(() => decoder.close());
const classes = ['<b>bold</b>', '"cat" & \'dog\'', 'a #1 50%, plain'];

/** Noise that differs from name to name. */
async function image(name: string, height: number, width: number): Promise<string> {
  const path = join(root, name);
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, at) => (at * 37 + name.length * 91) % 251);
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}

let made = 0;
async function inspect(network: NetworkJson, run: Partial<MadeRun>, task: Partial<InspectTask> & { image: string }) {
  const place = join(root, `case ${made++}`);
  mkdirSync(place);
  const folder = await makeRun(join(place, 'run'), network, { classes, ...run });
  const out = join(place, 'out #1 100%');
  const options = {
    run: folder,
    out,
    weights: 'last',
    cells: [],
    decoder,
    signal: new AbortController().signal,
  } as const;
  const layers = await inspectToFolder({
    ...options,
    onProgress: () => undefined,
    onWarning: () => undefined,
    ...task,
  });
  return { out, folder, layers, html: readFileSync(join(out, 'index.html'), 'utf8') };
}

/** What a browser would ask for, and where it would jump to. */
function linksOf(html: string): { files: string[]; anchors: string[]; ids: string[] } {
  const of = (pattern: RegExp) => [...html.matchAll(pattern)].map((found) => found[1]!);
  const links = of(/(?:href|src)="([^"]*)"/g);
  return {
    files: [...new Set(links.filter((link) => !link.startsWith('#')))],
    anchors: links.filter((link) => link.startsWith('#')).map((link) => link.slice(1)),
    ids: of(/ id="([^"]*)"/g),
  };
}

/** The page leads everywhere, to everything, and to nothing but its own folder. */
function expectWhole(out: string, html: string): void {
  const { files, anchors, ids } = linksOf(html);
  expect(new Set(ids).size).toBe(ids.length);
  expect(anchors.filter((anchor) => !ids.includes(anchor))).toEqual([]);
  expect(files.filter((file) => !/^[\w./%-]+$/.test(file) || file.startsWith('/') || file.includes('..'))).toEqual([]);
  const named = files.map((file) => decodeURIComponent(file));
  expect(named.filter((file) => !existsSync(join(out, file)))).toEqual([]);
  expect(filesBelow(out).filter((file) => file !== 'index.html' && !named.includes(file))).toEqual([]);
  expect(/<script|javascript:|https?:|alt=""/.exec(html)).toBeNull();
  const headings = [...html.matchAll(/<h(\d)/g)].map((found) => Number(found[1]));
  expect(headings.filter((level, at) => level > (headings[at - 1] ?? 0) + 1)).toEqual([]);
}

const network: NetworkJson = {
  input: { size: [12, 14], channels: 3 },
  layers: [
    { name: 'conv1', kind: 'conv2d', filters: 5, kernelSize: 3, padding: 'same', useBias: false },
    { name: 'bn1', kind: 'batchNorm' },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'pool1', kind: 'maxPool', poolSize: 2 },
    { name: 'conv2', kind: 'conv2d', filters: 4, kernelSize: [3, 2], strides: [2, 1] },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

describe('a network with all there is', () => {
  let report: Awaited<ReturnType<typeof inspect>>;
  let told: [number, number][];
  beforeAll(async () => {
    const batch = await Promise.all(['x1.png', 'batch 2.png', 'batch  3.png'].map((name) => image(name, 12, 14)));
    const progress: [number, number][] = [];
    const path = await image('a #1 <b>50%, plain.png', 30, 20);
    const cells = [{ layer: 'conv2', map: 3, row: 1, column: 4 }];
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    report = await inspect(network, { batch }, { image: path, cells, onProgress });
    told = progress;
  }, 240_000);
  const at = (file: string) => join(report.out, file);

  test('its page leads to every file that is there, and to no other', () => {
    expectWhole(report.out, report.html);
    expect(readdirSync(join(report.out, '..'))).toEqual(expect.arrayContaining(['run', 'out #1 100%']));
    expect(readdirSync(join(report.out, '..'))).toHaveLength(2); // nothing half-made lies beside it
  });

  test('names are text, whatever they hold', () => {
    expect(report.html.includes('<b>')).toBe(false);
    expect(report.html).toContain('&lt;b&gt;bold&lt;/b&gt;');
    expect(report.html).toContain('a #1 &lt;b&gt;50%, plain.png');
    expect(report.html).toContain('&quot;cat&quot; &amp; &#39;dog&#39;');
  });

  test('progress begins at nothing, never falls and ends whole', () => {
    expect(told[0]).toEqual([0, told[0]![1]]);
    expect(told.at(-1)![0]).toBe(told.at(-1)![1]);
    expect(told.every(([done, total], index) => total === told[0]![1] && done >= (told[index - 1]?.[0] ?? 0))).toBe(
      true,
    );
  });

  test('the values on disk have the figures that are told of the layers, in the table too', () => {
    const table = readCsv(at('layers.csv'));
    expect(report.layers.map(({ name }) => name)).toEqual(network.layers.map(({ name }) => name));
    report.layers.forEach((layer, index) => {
      const { shape, values } = readNpy(at(layer.maps.replace(/png$/, 'npy')));
      expect(shape).toEqual(layer.shape);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      expect(layer.mean).toBeCloseTo(mean, 6);
      expect(layer.std).toBeCloseTo(std, 6);
      expect([layer.min, layer.max]).toEqual([Math.min(...values), Math.max(...values)]);
      expect(layer.zeros).toBeCloseTo(values.filter((value) => value === 0).length / values.length, 12);
      for (const name of ['mean', 'std', 'min', 'max', 'zeros'] as const) {
        expect(Number(table[index]![name])).toBe(layer[name]);
      }
      const maps = readCsv(at(layer.maps.replace(/png$/, 'csv')));
      const channels = shape.length === 3 ? shape[2]! : 1;
      expect(maps).toHaveLength(channels);
      maps.forEach((row, map) => {
        const own = values.filter((_, cell) => cell % channels === map);
        expect([Number(row['min']), Number(row['max'])]).toEqual([Math.min(...own), Math.max(...own)]);
      });
    });
  });

  test('the chosen cell is the sum of the products that are written down', () => {
    const taps = readCsv(at('005-conv2/sum.csv'));
    expect(taps).toHaveLength(3 * 2 * 5);
    for (const { input, kernel, product } of taps)
      expect(Number(input) * Number(kernel)).toBeCloseTo(Number(product), 12);
    const { shape, values } = readNpy(at('005-conv2/maps.npy'));
    const bias = report.folder.weights('last').tensors.find(({ name }) => name === 'conv2/bias')!.values[3]!;
    const sum = taps.reduce((total, { product }) => total + Number(product), bias);
    expect(sum).toBeCloseTo(values[(1 * shape[1]! + 4) * shape[2]! + 3]!, 5);
    expect(report.html).toContain('The chosen cell: map 3, row 1, column 4.');
    const [from, to] = ['from', 'to'].map((end) => readNpy(at(`005-conv2/sum-${end}.npy`)));
    expect(to!.values).toEqual(values.filter((_, index) => index % 4 === 3));
    const pooled = readNpy(at('004-pool1/maps.npy'));
    const channels = Array.from({ length: 5 }, (_, channel) => pooled.values.filter((_, cell) => cell % 5 === channel));
    expect(channels).toContainEqual(from!.values);
  });

  test('kernels are those of the checkpoint, and their changes are from where the run began', () => {
    const { shape, values } = readNpy(at('001-conv1/kernel.npy'));
    const stored = report.folder.weights('last').tensors.find(({ name }) => name === 'conv1/kernel')!;
    expect(shape).toEqual([5, 3, 3, 3]);
    // From [height, width, channels, filters] to [filters, height, width, channels].
    stored.values.forEach((value, index) => expect(values[(index % 5) * 27 + Math.floor(index / 5)]).toBe(value));
    const start = readNpy(at('001-conv1/kernel-start.npy')).values;
    readCsv(at('001-conv1/kernel.csv')).forEach((row, kernel) => {
      const [now, before] = [values, start].map((all) => all.subarray(27 * kernel, 27 * kernel + 27)) as [
        Float32Array,
        Float32Array,
      ];
      expect(Number(row['length'])).toBeCloseTo(Math.hypot(...now), 5);
      const change = Math.hypot(...now.map((value, index) => value - before[index]!)) / Math.hypot(...before);
      expect(change).toBeGreaterThan(0.1);
      expect(Number(row['change since the start'])).toBeCloseTo(change, 5);
    });
  });

  test('batch norm is what is told of it, over the batch that is named', () => {
    const { batchNorm } = report.layers[1]!;
    const rows = readCsv(at('002-bn1/batch-norm.csv'));
    expect(rows.map((row) => Number(row['batch variance']))).toEqual(batchNorm!.batchVariance);
    expect(rows.map((row) => Number(row['running mean']))).toEqual(batchNorm!.runningMean);
    // The layer takes what conv1 gives, of which the batch's mean is over all cells of three images.
    expect(readFileSync(at('002-bn1/batch-images.txt'), 'utf8').split('\n')).toHaveLength(3 + 1);
    expect(report.html).toContain('Measured on a fixed batch of 3 training images');
    const counts = readCsv(at('002-bn1/batch-norm-before.csv')).filter(({ channel }) => channel === '2');
    expect(counts.reduce((sum, { count }) => sum + Number(count), 0)).toBe(3 * 12 * 14);
  });

  test('integrated gradients add up to the difference that the page tells', () => {
    const { shape, values } = readNpy(at('why/integrated-gradients.npy'));
    expect(shape).toEqual([12, 14]);
    const sum = values.reduce((total, value) => total + value, 0);
    const named = /All pixels together: (−?)([\d.]+)(?: × 10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+))?;/.exec(report.html)!;
    const power = [...(named[4] ?? '⁰')].reduce((total, digit) => 10 * total + '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit), 0);
    const number = (named[1] ? -1 : 1) * Number(named[2]) * 10 ** (named[3] ? -power : power);
    expect(sum).toBeCloseTo(number, 3);
  });

  test('pooling compares every channel, and each of its files has its numbers', () => {
    const { pooling, mean } = report.layers[3]!;
    expect(pooling!.max.mean).toBeCloseTo(mean, 6); // the layer pools by the largest itself
    expect(pooling!.difference.mean).toBeCloseTo(pooling!.max.mean - pooling!.mean.mean, 6);
    expect(readNpy(at('004-pool1/pooled-max.npy')).values).toEqual(readNpy(at('004-pool1/maps.npy')).values);
    expect(readCsv(at('004-pool1/pooling-shift.csv')).map(({ 'none change': change }) => Number(change))[0]).toBe(0);
  });

  test('both ways to the gradients come to the same', () => {
    for (const layer of ['001-conv1', '005-conv2']) {
      for (const gradient of ['dw', 'dx']) {
        const [one, other] = ['', '-engine'].map((way) => readNpy64(at(`${layer}/gradient-${gradient}${way}.npy`))) as [
          number[],
          number[],
        ];
        const largest = Math.max(...other.map(Math.abs));
        one.forEach((value, index) => expect(Math.abs(value - other[index]!)).toBeLessThanOrEqual(1e-4 * largest));
      }
    }
  });
});

/** Float64 or float32. */
function readNpy64(file: string): number[] {
  const bytes = readFileSync(file);
  const data = bytes.subarray(10 + bytes.readUInt16LE(8));
  if (!bytes.toString('latin1', 10, 60).includes('<f8')) return Array.from(readNpy(file).values);
  return Array.from({ length: data.length / 8 }, (_, at) => data.readDoubleLE(8 * at));
}

const layer = (kind: string, more: object = {}) => ({ kind, ...more });
const named = (...layers: object[]) =>
  layers.map((one, at) => ({ name: `l${at}`, ...one })) as unknown as NetworkJson['layers'];

describe('odd networks and images', () => {
  test.each<[string, NetworkJson, Partial<MadeRun>, string[]]>([
    [
      'no batch norm, no pooling, a map of one cell',
      {
        input: { size: [5, 5], channels: 1 },
        layers: named(
          layer('conv2d', { filters: 2, kernelSize: 5 }),
          layer('flatten'),
          layer('dense', { units: 'classes' }),
        ),
      },
      {},
      ['The network has no batch norm layer.', 'The network has no pooling layer, and no maps to try it on.'],
    ],
    [
      'nothing but dense layers, one of 4,096 units',
      {
        input: { size: [4, 4], channels: 3 },
        layers: named(layer('flatten'), layer('dense', { units: 4096 }), layer('dense', { units: 'classes' })),
      },
      {},
      ['4,096 units', 'No layer of this network gives maps'],
    ],
    [
      'weights that are no numbers',
      network,
      { weights: () => NaN },
      ['The probabilities are not numbers', 'orange-red', 'no pixel can be said to count'],
    ],
    ['a gone batch', network, { batch: ['/nowhere/1.png', '/nowhere/2.png'] }, ['Measured on this image alone']],
    [
      'an input 2,000 pixels wide',
      {
        input: { size: [6, 2000], channels: 1 },
        layers: named(
          layer('conv2d', { filters: 3, kernelSize: 3, padding: 'same' }),
          layer('globalMaxPool'),
          layer('dense', { units: 'classes' }),
        ),
      },
      {},
      ['3 maps of 6 × 2000 cells', 'The network has no pooling layer. Here l0 is pooled'],
    ],
    [
      'a branch that leads nowhere, and kinds that are rare',
      {
        input: { size: [8, 8], channels: 3 },
        layers: [
          { name: 'a', kind: 'separableConv2d', filters: 3, kernelSize: 3, padding: 'same' },
          { name: 'dead', kind: 'conv2d', filters: 2, kernelSize: 1, from: ['input'] },
          { name: 'up', kind: 'conv2dTranspose', filters: 2, kernelSize: 2, strides: 2, from: ['a'] },
          { name: 'norm', kind: 'layerNorm', from: ['up'] },
          { name: 'gap', kind: 'globalAvgPool', from: ['norm'] },
          { name: 'out', kind: 'dense', units: 'classes', from: ['gap'] },
        ] as unknown as NetworkJson['layers'],
      },
      {},
      ['The layer does not reach the output'],
    ],
  ])('%s', { timeout: 240_000 }, async (name, json, run, sentences) => {
    const path = await image(`${name}.png`, 40, 2000);
    const { out, html, layers } = await inspect(json, run, { image: path });
    expectWhole(out, html);
    expect(layers).toHaveLength(json.layers.length);
    expect(sentences.filter((sentence) => !html.includes(sentence))).toEqual([]);
  });
});

describe('what is asked for', () => {
  test('only chosen sections, and always the maps', async () => {
    const path = await image('only.png', 9, 9);
    const { out, html, layers } = await inspect(network, {}, { image: path, only: ['kernels'] });
    expectWhole(out, html);
    expect(filesBelow(out)).toEqual(expect.arrayContaining(['001-conv1/kernel.npy', '001-conv1/maps.npy']));
    expect(filesBelow(out).filter((file) => /why|sum|gradient|equivariance|drift|spread/.test(file))).toEqual([]);
    expect(layers[1]!.batchNorm!.gamma).toHaveLength(5); // told whatever the page holds
    expect(html).toContain('Only these sections were asked for: kernels.');
  });

  test('any class, by its name', async () => {
    const path = await image('class.png', 9, 9);
    const { html } = await inspect(network, {}, { image: path, only: ['why'], className: classes[2]! });
    expect(html).toContain(`<h2>Why a #1 50%, plain</h2>`);
  });

  test.each<[string, Partial<InspectTask>, string, RegExp]>([
    ['a class that there is not', { className: 'bird' }, 'usage', /no class called "bird"/],
    ['a layer that there is not', { cells: [{ layer: 'x', map: 0, row: 0, column: 0 }] }, 'usage', /no layer called x/],
    [
      'a layer that sums nothing',
      { cells: [{ layer: 'bn1', map: 0, row: 0, column: 0 }] },
      'usage',
      /bn1 is batchNorm/,
    ],
    ['a cell outside', { cells: [{ layer: 'conv1', map: 0, row: 12, column: 0 }] }, 'usage', /5 maps of 12 x 14 cells/],
  ])('%s is refused, and nothing is left', async (_, task, code, message) => {
    const path = await image('refused.png', 9, 9);
    await expect(inspect(network, {}, { image: path, ...task })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(readdirSync(join(root, `case ${made - 1}`))).toEqual(['run']);
  });

  test('a folder that holds something stays as it is; an empty one is taken', async () => {
    const path = await image('taken.png', 9, 9);
    const out = join(root, 'taken');
    mkdirSync(out);
    writeFileSync(join(out, 'mine.txt'), 'mine');
    await expect(inspect(network, {}, { image: path, out })).rejects.toMatchObject({ code: 'exists' });
    expect(readdirSync(out)).toEqual(['mine.txt']);
    const empty = join(root, 'empty');
    mkdirSync(empty);
    await inspect(network, {}, { image: path, out: empty, only: ['maps'] }).catch(() => undefined);
    expect(statSync(join(empty, 'index.html')).isFile()).toBe(true);
  });

  test.each([1, 5, 20])('interrupted after %i steps, it leaves nothing', async (steps) => {
    const path = await image('interrupted.png', 9, 9);
    const aborter = new AbortController();
    const onProgress = (done: number) => done === steps && aborter.abort();
    const task = { image: path, signal: aborter.signal, onProgress };
    await expect(inspect(network, {}, task)).rejects.toMatchObject({ code: 'interrupted' });
    expect(readdirSync(join(root, `case ${made - 1}`))).toEqual(['run']);
  });
});
