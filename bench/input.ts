/**
 * Whether reading images holds up training: tiny-vgg at 64 x 64 with the pixels in memory, and with the pixels in the cache
 * on disk, by turns of 156 steps, so that whatever else the machine does falls on both alike. Prints a table and, last, one
 * line of JSON. RECEPTIVE_SOAK=1 takes 100,000 images instead of 10,000.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Model } from '../src-main/engine/graph/model.ts';
import { PixelCache } from '../src-main/engine/images/pixel-cache.ts';
import { CachedImages } from '../src-main/engine/images/read-ahead.ts';
import { shuffledBatches } from '../src-main/engine/training/batches.ts';
import type { ImageSource } from '../src-main/engine/training/batches.ts';
import type { ImageTensors } from '../src-main/engine/training/trainer.ts';
import { parseNetwork, presets } from '../src-main/shared/network/index.ts';
import { machineText, median } from './machine.ts';
import { createRandom } from '../src-main/shared/random.ts';

const images = process.env['RECEPTIVE_SOAK'] ? 100_000 : 10_000;
/** Turns of each side: an epoch of 100,000 images, seven of 10,000. */
const turns = process.env['RECEPTIVE_SOAK'] ? 10 : 7;
const stepsATurn = 156;
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
  let peak = 0;
  // What training itself takes is not the reading's.
  for (let step = 0; step < 100; step++)
    model.step(noise.slice(0, batchSize * imageSize), labels.slice(0, batchSize), 0.001);
  const before = process.memoryUsage().rss;
  /** Seconds, and seconds of processor time, that the next steps took. */
  const train = async (batches: AsyncIterator<ImageTensors>, steps: number): Promise<Turn> => {
    const start = performance.now();
    const cpu = process.cpuUsage();
    for (let step = 0; step < steps; step++) {
      const { value } = (await batches.next()) as { value: ImageTensors };
      model.step(value.pixels, value.labels, 0.001);
      // As the training loop does, which hears messages between steps.
      await new Promise((resolve) => setImmediate(resolve));
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    model.readMetrics();
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
  };

  // The first epoch is not counted, but watched: what is in memory later would count as the reading's.
  const disk = endless(onDisk);
  await train(disk, Math.ceil(images / batchSize));
  const grown = peak - before;
  const pixels = new Uint8Array(images * imageSize);
  for (let at = 0; at < images; at++) pixels.set(imageAt(at), at * imageSize);
  const memory = endless({ pixels, labels });
  await train(memory, 20);
  const pairs: { memory: Turn; disk: Turn }[] = [];
  for (let turn = 0; turn < turns; turn++)
    pairs.push({ memory: await train(memory, stepsATurn), disk: await train(disk, stepsATurn) });
  await disk.return(undefined);
  model.dispose();

  const speed = (seconds: number): number => Math.round((stepsATurn * batchSize) / seconds);
  const middle = (figure: (pair: (typeof pairs)[number]) => number): number =>
    median(pairs.map(figure).slice(pairs.length % 2 === 0 ? 1 : 0));
  const result = {
    images,
    memory: speed(middle((pair) => pair.memory.seconds)),
    disk: speed(middle((pair) => pair.disk.seconds)),
    ratio: Number(middle((pair) => pair.memory.seconds / pair.disk.seconds).toFixed(3)),
    processorTime: Number(middle((pair) => pair.disk.cpu / pair.memory.cpu).toFixed(3)),
    grownMiB: Math.round(grown / 2 ** 20),
    pixelsMiB: Math.round((images * imageSize) / 2 ** 20),
  };
  console.log(machineText);
  console.log(
    `tiny-vgg at ${side} x ${side}, ${images.toLocaleString('en')} images, batches of ${batchSize}; images per second`,
  );
  console.log(`pixels in memory ${result.memory}, in the cache on disk ${result.disk}: ${result.ratio} times`);
  console.log(`processor time for a step from disk: ${result.processorTime} times that from memory`);
  console.log(`memory that reading from disk took: ${result.grownMiB} MiB, for ${result.pixelsMiB} MiB of pixels`);
  console.log(`\n${JSON.stringify(result)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Turn {
  seconds: number;
  cpu: number;
}

/** Epoch after epoch. */
async function* endless(source: ImageSource): AsyncGenerator<ImageTensors> {
  for (let epoch = 1; ; epoch++) yield* shuffledBatches(source, batchSize, 1, epoch);
}
