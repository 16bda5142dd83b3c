import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportLabels } from '../../../src-main/engine/give-back/export-labels.ts';
import { useTemporaryHome } from '../store/support.ts';
import { useWorlds, writePicture } from './support.ts';

const home = useTemporaryHome();
const makeWorld = useWorlds(home);

test.each(['csv', 'jsonl', 'coco', 'folders'] as const)(
  'labels that were given back as %s come in again as they were',
  async (format) => {
    const names = ['train/a, "b"/1.png', 'train/ä;c/2.png', 'val/a, "b"/3.png', 'test/ä;c/4.png'];
    for (const [index, name] of names.entries()) await writePicture(join(home.path, 'set', name), index);
    const before = makeWorld();
    await before.import([join(home.path, 'set')]);
    const out = join(home.path, format === 'coco' ? 'labels.json' : format === 'folders' ? 'back' : `labels.${format}`);
    await exportLabels(before.project.db, { format, out, link: false, bySide: true });

    const after = makeWorld();
    expect(await after.import([out])).toMatchObject({ added: 4, labelled: 4, notFound: [] });
    const withoutPaths = (images: string[]) => images.map((image) => image.slice(image.lastIndexOf('/') + 1)).sort();
    const sides = / \((train|validation|test)\)$/;
    const expected = withoutPaths(before.images());
    // COCO knows no sides.
    expect(withoutPaths(after.images())).toEqual(
      format === 'coco' ? expected.map((image) => image.replace(sides, '')) : expected,
    );
  },
);
