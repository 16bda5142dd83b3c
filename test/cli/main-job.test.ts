import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const demo = join(root, 'resources/demo');
let folder: string;
let run: string;

/** Runs the command line with --json in a process of its own. */
function receptive(...words: string[]): Promise<{ code: number; lines: Record<string, unknown>[] }> {
  const cli = join(root, 'src-main/cli/index.ts');
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [cli, ...words, '--json'],
      { env: { ...process.env, INIT_CWD: folder } },
      (_, stdout) => {
        const lines = stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>);
        resolve({ code: child.exitCode!, lines });
      },
    );
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'receptive-cli-'));
  run = join(folder, 'run');
  // Demo images by links: a folder of class folders, and one class that the network will not know.
  for (const name of ['bag', 'trouser', 'sneaker', 'dress']) {
    const files = readdirSync(join(demo, 'clothes', name));
    const known = name !== 'dress';
    for (const [side, part] of [
      ['train', files.slice(0, known ? 60 : 0)],
      ['unseen', files.slice(100, 110)],
    ] as const) {
      if (part.length > 0) mkdirSync(join(folder, side, name), { recursive: true });
      for (const file of part) symlinkSync(join(demo, 'clothes', name, file), join(folder, side, name, file));
    }
  }
  writeFileSync(join(folder, 'train', 'bag', 'broken.png'), 'no image at all');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the main job on the command line', () => {
  it('trains, telling every epoch, and tests on another folder', async () => {
    const { code, lines } = await receptive(
      ...['train', 'train', '--network', 'conv-bn-pool', '--size', '28x28', '--channels', '1', '--epochs', '8'],
      ...['--batch', '16', '--test', 'unseen', '--out', 'run'],
    );
    expect(code).toBe(0);
    expect(lines.filter(({ event }) => event === 'warning')).toEqual([
      { event: 'warning', message: expect.stringContaining('bag/broken.png') },
    ]);
    const epochs = lines.filter(({ event }) => event === 'epoch');
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const done = lines.at(-1)!;
    const { loss, accuracy, validationLoss, validationAccuracy } = epochs.at(-1)!;
    expect(done).toMatchObject({ event: 'done', loss, accuracy, validationLoss, validationAccuracy });
    expect(done).toMatchObject({ classes: ['bag', 'sneaker', 'trouser'], epochs: 8, params: 23_603, device: 'cpu' });
    expect(done['testAccuracy']).toBeGreaterThan(0.8);
    expect(done['imagesPerSecond']).toBeGreaterThan(0);
    const metrics = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(metrics.map((line) => ({ event: 'epoch', ...line }))).toEqual(epochs);
  });

  it('evaluates, and names the class that the model does not know', async () => {
    const { code, lines } = await receptive('evaluate', 'run', 'unseen');
    expect(code).toBe(0);
    const done = z
      .object({
        accuracy: z.number(),
        confusion: z.array(z.array(z.number())),
        perClass: z.array(z.object({ support: z.number() })),
      })
      .parse(lines.at(-1));
    expect(lines.at(-1)).toMatchObject({
      event: 'done',
      classes: ['bag', 'sneaker', 'trouser'],
      unknownClasses: ['dress'],
    });
    expect(done.perClass.map(({ support }) => support)).toEqual([10, 10, 10]);
    const correct = done.confusion.reduce((sum, row, at) => sum + row[at]!, 0);
    expect(done.accuracy).toBeCloseTo(correct / 30, 12);
  });

  it('classifies a folder, and files beside it that are no images', async () => {
    const table = join(folder, 'out.csv');
    const { code, lines } = await receptive(
      'classify',
      'run',
      'unseen/bag',
      'train/bag/broken.png',
      'gone.png',
      '--top',
      '2',
      '--csv',
      'out.csv',
    );
    expect(code).toBe(0);
    const { results } = z.object({ results: z.array(z.looseObject({ path: z.string() })) }).parse(lines.at(-1));
    expect(results).toHaveLength(12);
    expect(results[0]!.path).toMatch(/^unseen\/bag\/.*\.png$/);
    const probability = expect.closeTo(0.5, 0);
    expect(results[0]).toMatchObject({ predictions: [{ class: 'bag', probability }, { probability }] });
    expect(results.slice(10)).toEqual([
      { path: 'train/bag/broken.png', error: expect.stringContaining('not an image') },
      { path: 'gone.png', error: expect.any(String) },
    ]);
    const rows = readFileSync(table, 'utf8').trim().split('\r\n');
    expect(rows[0]).toBe('path,error,class 1,probability 1,class 2,probability 2');
    expect(rows).toHaveLength(13);
    expect((await receptive('classify', 'run', 'train/bag/broken.png')).code).toBe(1);
  });

  it('inspects every layer, with pictures of the right size', { timeout: 240_000 }, async () => {
    const image = join('unseen/bag', readdirSync(join(folder, 'unseen/bag'))[0]!);
    const { code, lines } = await receptive('inspect', 'run', image, '--out', 'maps');
    expect(code).toBe(0);
    const maps = z.object({ maps: z.string(), mean: z.number(), std: z.number() });
    const numbers = z.array(z.number());
    const batchNorm = z.strictObject({
      ...{ batchMean: numbers, batchVariance: numbers, runningMean: numbers, runningVariance: numbers },
      ...{ gamma: numbers, beta: numbers, epsilon: z.number() },
    });
    const layer = maps.extend({
      ...{ name: z.string(), kind: z.string(), shape: numbers, min: z.number(), max: z.number(), zeros: z.number() },
      batchNorm: batchNorm.optional(),
      pooling: z.strictObject({ max: maps, mean: maps, difference: maps }).optional(),
    });
    const { layers } = z.object({ layers: z.array(layer) }).parse(lines.at(-1));
    expect(layers).toHaveLength(14);
    expect(readFileSync(join(folder, 'maps/index.html'), 'utf8')).toContain(image.split('/').at(-1));
    // What was recorded while it trained: of 16 channels, and of the kernel, at as many steps.
    const rowsOf = (file: string) =>
      readFileSync(join(folder, 'maps', file), 'utf8')
        .trimEnd()
        .split('\r\n');
    const steps = rowsOf('001-conv1/steps.csv').slice(1);
    expect(steps.length).toBeGreaterThan(1);
    expect(rowsOf('002-bn1/drift.csv')).toHaveLength(1 + 16 * steps.length);
    const [conv, bn, relu, pool] = layers;
    expect(conv).toMatchObject({ name: 'conv1', kind: 'conv2d', shape: [28, 28, 16] });
    // 16 maps of 28 pixels, 4 screen pixels each, in 4 columns, with lines between
    expect(await sharp(join(folder, 'maps', conv!.maps)).metadata()).toMatchObject({
      width: 4 * 113 + 1,
      height: 4 * 113 + 1,
    });
    expect(bn!.batchNorm!.gamma).toHaveLength(16);
    expect(bn!.batchNorm!.batchVariance.every((variance) => variance > 0)).toBe(true);
    expect(relu!.zeros).toBeGreaterThan(0.1);
    expect(pool!.pooling!.max.mean).toBeCloseTo(pool!.mean, 5); // the layer is a max pool itself
    expect(pool!.pooling!.difference.mean).toBeCloseTo(pool!.pooling!.max.mean - pool!.pooling!.mean.mean, 5);
  });

  it('exports for TensorFlow.js', async () => {
    const { code, lines } = await receptive('export', 'run', '--format', 'tfjs', '--out', 'web');
    expect(code).toBe(0);
    const { files, maxDifference } = z
      .object({ files: z.array(z.string()), maxDifference: z.number() })
      .parse(lines.at(-1));
    expect(files.sort()).toEqual(
      ['metadata.json', 'model.json', 'weights.bin'].map((file) => join(folder, 'web', file)),
    );
    expect(maxDifference).toBeLessThan(1e-5);
  });

  it.each([
    ['a folder that is not there', ['train', 'nowhere', '--out', 'x'], 1, 'not-found'],
    ['a folder of one class', ['train', 'train/bag', '--out', 'x'], 1, 'no-images'],
    ['a run folder that exists', ['train', 'train', '--out', 'run'], 1, 'exists'],
    [
      'a network that does not fit',
      ['train', 'train', '--size', '4x4', '--network', 'tiny-vgg', '--out', 'x'],
      1,
      'invalid-network',
    ],
    ['a folder that is no run', ['evaluate', 'train', 'unseen'], 1, 'not-found'],
    ['an image that is none', ['inspect', 'run', 'train/bag/broken.png', '--out', 'x'], 1, 'unreadable'],
    [
      'an option that does not work yet',
      ['train', 'train', '--backbone', 'efficientnet-lite0', '--out', 'x'],
      2,
      'unsupported',
    ],
    ['a wrong value', ['train', 'train', '--epochs', '0', '--out', 'x'], 2, 'usage'],
  ])('answers %s with one error', async (_, words, code, error) => {
    const answer = await receptive(...words);
    expect(answer.code).toBe(code);
    expect(answer.lines.at(-1)).toMatchObject({
      event: 'error',
      code: error,
      message: expect.stringMatching(/.{10,}/),
    });
    expect(readdirSync(folder)).not.toContain('x');
  });
});
