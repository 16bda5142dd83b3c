/** Every preset and every optimizer on a tiny folder of mixed images, as a stranger would start them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { presetNames } from '../../src-main/shared/network/index.ts';
import { optimizers } from '../../src-main/shared/run.ts';
import { patternImage, temporaryFolder } from '../decoder/support.ts';
import { linesOf, runCli } from './run-cli.ts';

const root = temporaryFolder();
for (const name of ['a', 'b', 'c']) {
  const folder = join(root, 'images', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '1.png'), await patternImage().png().toBuffer());
  writeFileSync(join(folder, '2.jpg'), await patternImage().resize(40, 30).jpeg().toBuffer());
  writeFileSync(join(folder, '3.webp'), await patternImage().greyscale().webp().toBuffer());
}

async function train(out: string, ...words: string[]): Promise<Record<string, unknown>[]> {
  const result = await runCli(['train', 'images', '--out', out, '--epochs', '1', ...words, '--json'], root);
  expect(result.code).toBe(0);
  return linesOf(result);
}

/** Parameters with 3 classes, worked out by hand from those with 10 (or 1,000): so many units less of the last layer. */
const params: Record<string, number> = {
  'lenet-5': 61_111,
  'tiny-vgg': 8_083,
  'conv-bn-pool': 23_891,
  'resnet-20': 272_019,
  mlp: 100_867,
  'mobilenet-v1': 4_231_976 - 997 * 1025,
  'mobilenet-v2': 3_504_872 - 997 * 1281,
  'resnet-18': 11_689_512 - 997 * 513,
  'resnet-50': 25_557_032 - 997 * 2049,
  alexnet: 61_100_840 - 997 * 4097,
  'vgg-16': 138_357_544 - 997 * 4097,
};
/** Minutes on two cores, gigabytes of weights: these wait for the soak. */
const large = ['mobilenet-v1', 'resnet-18', 'resnet-50', 'alexnet', 'vgg-16'];
const tried = presetNames.filter((name) => process.env.RECEPTIVE_SOAK || !large.includes(name));

test.each(tried)('%s trains at its own size', { timeout: 600_000 }, async (network) => {
  const [epoch, done] = await train(network, '--network', network, '--batch', '4096');
  expect(Object.keys(epoch!).sort()).toEqual(
    ['accuracy', 'epoch', 'event', 'imagesPerSecond', 'loss', 'validationAccuracy', 'validationLoss'].sort(),
  );
  expect(done).toMatchObject({ event: 'done', classes: ['a', 'b', 'c'], epochs: 1 });
  expect(done!['params']).toBe(params[network]);
});

test.each(optimizers)('%s, one image a step and none for validation', async (optimizer) => {
  const words = ['--network', 'conv-bn-pool', '--size', '8x12', '--channels', '1', '--batch', '1', '--validation', '0'];
  const [epoch, done] = await train(optimizer, '--optimizer', optimizer, ...words);
  for (const line of [epoch, done]) {
    expect(line).toMatchObject({ loss: expect.any(Number), accuracy: expect.any(Number) });
    expect(Object.keys(line!)).not.toContain('validationLoss');
    expect(Object.keys(line!)).not.toContain('validationAccuracy');
  }
});
