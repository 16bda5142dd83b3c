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

/** Parameters with 3 classes, worked out by hand from those with 10: 7 units less of the last layer. */
const params = { 'lenet-5': 61_111, 'tiny-vgg': 8_083, 'conv-bn-pool': 23_891, 'resnet-20': 272_019, mlp: 100_867 };

test.each(presetNames)('%s trains at its own size', async (network) => {
  const [epoch, done] = await train(network, '--network', network, '--batch', '4096');
  expect(Object.keys(epoch!).sort()).toEqual(
    ['accuracy', 'epoch', 'event', 'imagesPerSecond', 'loss', 'validationAccuracy', 'validationLoss'].sort(),
  );
  expect(done).toMatchObject({ event: 'done', classes: ['a', 'b', 'c'], epochs: 1 });
  expect(done!['params']).toBe(params[network as keyof typeof params]);
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
