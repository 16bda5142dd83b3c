/**
 * Whether reading images holds up training: epochs of tiny-vgg at 64 x 64 with the pixels in memory, and with the pixels in
 * the cache on disk, in turns. Prints a table and, last, one line of JSON. RECEPTIVE_SOAK=1 takes 100,000 images instead
 * of 10,000.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Model } from '../src-main/engine/graph/model.ts';
import { PixelCache } from '../src-main/engine/images/pixel-cache.ts';
import { CachedImages } from '../src-main/engine/images/read-ahead.ts';
import { shuffledBatches } from '../src-main/engine/training/batches.ts';
import type { ImageSource } from '../src-main/engine/training/batches.ts';
import { parseNetwork, presets } from '../src-main/shared/network/index.ts';
import { machineText, median } from './machine.ts';
import { createRandom } from '../src-main/shared/random.ts';

const images = process.env['RECEPTIVE_SOAK'] ? 100_000 : 10_000;
const rounds = process.env['RECEPTIVE_SOAK'] ? 1 : 3;
const classes = 10;
const batchSize = 64;
const side = 64;
const imageSize = side * side * 3;
const shape = { height: side, width: side, channels: 3, fit: 'stretch' } as const;

const random = createRandom(1);
const files = Array.from({ length: images }, (_, at) => ({ path: `${at}.jpg`, label: at % classes }));
const keys = files.map(({ path }) => path);
const labels = Int32Array.from(files, ({ label }) => label);
/** Noise with a place of its own for each image, so that no two are alike. */
const noise = Uint8Array.from({ length: batchSize * imageSize + images }, () => random.int(256));
const imageAt = (at: number): Uint8Array => noise.subarray(at, at + imageSize);

const folder = mkdtempSync(join(tmpdir(), 'receptive-bench-'));
try {
  const cache = PixelCache.open(folder);
  if (!cache) throw new Error(`There can be no cache in ${folder}.`);
  keys.forEach((key, at) => cache.put(key, imageAt(at)));
  cache.close();
  const decoder = { pixels: () => Promise.reject(new Error('An image is not in the cache.')) };
  const onDisk = new CachedImages({ files, keys, cacheFolder: folder, shape, decoder });

  const network = parseNetwork(presets['tiny-vgg'], { size: [side, side], channels: 3 });
  const model = Model.create(network, classes, { seed: 1, optimizer: 'adam' });
  let epochs = 0;
  let peak = 0;
  // What training itself takes is not the reading's.
  for (let step = 0; step < 100; step++)
    model.step(noise.slice(0, batchSize * imageSize), labels.slice(0, batchSize), 0.001);
  const before = process.memoryUsage().rss;
  const epoch = async (source: ImageSource): Promise<number> => {
    const start = performance.now();
    for await (const batch of shuffledBatches(source, batchSize, 1, ++epochs)) {
      model.step(batch.pixels, batch.labels, 0.001);
      // As the training loop does, which hears messages between steps.
      await new Promise((resolve) => setImmediate(resolve));
      if (source === onDisk) peak = Math.max(peak, process.memoryUsage.rss());
    }
    model.readMetrics();
    return images / ((performance.now() - start) / 1000);
  };

  const speeds: { disk: number[]; memory: number[] } = { disk: [], memory: [] };
  // The first is not counted, but watched: what is in memory later would count as the reading's.
  await epoch(onDisk);
  const grown = peak - before;
  const pixels = new Uint8Array(images * imageSize);
  for (let at = 0; at < images; at++) pixels.set(imageAt(at), at * imageSize);
  const inMemory = { pixels, labels };
  for (let round = 0; round < rounds; round++) {
    speeds.memory.push(await epoch(inMemory));
    speeds.disk.push(await epoch(onDisk));
  }
  model.dispose();

  const result = {
    images,
    memory: Math.round(median(speeds.memory)),
    disk: Math.round(median(speeds.disk)),
    ratio: Number((median(speeds.disk) / median(speeds.memory)).toFixed(3)),
    grownMiB: Math.round(grown / 2 ** 20),
    pixelsMiB: Math.round((images * imageSize) / 2 ** 20),
  };
  console.log(machineText);
  console.log(
    `tiny-vgg at ${side} x ${side}, ${images.toLocaleString('en')} images, batches of ${batchSize}; images per second`,
  );
  console.log(`pixels in memory ${result.memory}, in the cache on disk ${result.disk}: ${result.ratio} times`);
  console.log(`memory that reading from disk took: ${result.grownMiB} MiB, for ${result.pixelsMiB} MiB of pixels`);
  console.log(`\n${JSON.stringify(result)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
