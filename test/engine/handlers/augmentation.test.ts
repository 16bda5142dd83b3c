import { join } from 'node:path';
import { expect, test } from 'vitest';
import { augmentationPresets, augmentationSchema } from '../../../src-main/shared/augmentation.ts';
import { useEngines, writeClassFolders } from './support.ts';

const engines = useEngines();

test('the preview shows eight labelled images as a training step would see them', async () => {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 20);
  const engine = await engines.start();
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');

  const ask = (augmentation: typeof augmentationPresets.none, seed = 1, step = 0) =>
    engine.ask('augmentation.preview', { augmentation, size: [12, 16], channels: 3, seed, step });
  const plain = await ask(augmentationPresets.none);
  expect(plain).toHaveLength(8);
  for (const { image, classes } of plain) {
    expect(image).toMatchObject({ height: 12, width: 16, channels: 3 });
    // Of blue images the blue is brighter than the red, and the other way round.
    const mean = (channel: number) =>
      image.pixels.reduce((sum, value, at) => sum + (at % 3 === channel ? value : 0), 0);
    expect(classes).toEqual([{ name: mean(2) > mean(0) ? 'blue' : 'red', share: 1 }]);
  }

  const flipped = await ask(augmentationSchema.parse({ flipVertical: 1 }));
  flipped.forEach(({ image }, at) => {
    const rows = Array.from({ length: 12 }, (_, row) => [
      ...plain[at]!.image.pixels.subarray(row * 48, (row + 1) * 48),
    ]);
    expect([...image.pixels]).toEqual(rows.toReversed().flat());
  });

  const mixed = await ask(augmentationSchema.parse({ mixup: 1 }));
  for (const { classes } of mixed) expect(classes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
  expect(mixed.some(({ classes }) => classes.length === 2)).toBe(true);

  const strong = await ask(augmentationPresets.strong, 1, 4);
  expect(await ask(augmentationPresets.strong, 1, 4)).toEqual(strong);
  expect(await ask(augmentationPresets.strong, 1, 5)).not.toEqual(strong);

  // Grey, and of a project without labels.
  const [grey] = await engine.ask('augmentation.preview', {
    augmentation: augmentationPresets.strong,
    size: [5, 5],
    channels: 1,
    seed: 1,
    step: 0,
  });
  expect(grey!.image.pixels).toHaveLength(25);
  await engine.ask('project.create', { name: 'empty' });
  expect(await ask(augmentationPresets.strong)).toEqual([]);
});
