import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { patternImage, temporaryFolder, writeTo } from '../decoder/support.ts';
import { demoPictures } from '../engine/quality/pictures.ts';
import { linesOf, runCli } from './run-cli.ts';

const root = temporaryFolder();
const folder = join(root, 'set');

beforeAll(async () => {
  mkdirSync(join(folder, 'a'), { recursive: true });
  const [first, second] = demoPictures('emoji', 100) as [string, string];
  copyFileSync(first, join(folder, 'a', 'one.png'));
  copyFileSync(first, join(folder, 'a', 'two.png'));
  copyFileSync(second, join(folder, 'a', 'other.png'));
  writeTo(folder, 'a/mis\x1bnamed.png', await patternImage().resize(64, 64).jpeg().toBuffer());
  writeTo(folder, 'a/words.png', 'words');
});

describe('scan --quality', () => {
  test('adds the findings to the done line, and changes nothing else', async () => {
    const [plain] = linesOf(await runCli(['scan', folder, '--json']));
    const lines = linesOf(await runCli(['scan', 'set', '--quality', '--json'], root));
    expect(plain).not.toHaveProperty('findings');
    expect(lines).toEqual([
      {
        ...plain,
        findings: [
          { kind: 'exactDuplicate', images: ['a/one.png', 'a/two.png'], groups: [['a/one.png', 'a/two.png']] },
          { kind: 'wrongExtension', images: ['a/mis\x1bnamed.png'] },
        ],
      },
    ]);
  });

  test('tells of odd and broken files what the plain scan tells', async () => {
    const odd = join(root, 'odd', 'c');
    cpSync(join(import.meta.dirname, '../decoder/jpegs'), odd, { recursive: true });
    const jpeg = await patternImage().resize(300, 200).jpeg().toBuffer();
    writeTo(odd, 'cut.jpg', jpeg.subarray(0, 1500));
    writeTo(odd, 'empty.png', '');
    const scan = jpeg.indexOf(Buffer.of(0xff, 0xda));
    writeTo(odd, 'odd.jpg', Buffer.concat([jpeg.subarray(0, scan), Buffer.alloc(5, 0x11), jpeg.subarray(scan)]));
    writeTo(
      odd,
      'turned.jpg',
      await patternImage().resize(300, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    );
    const [plain] = linesOf(await runCli(['scan', join(root, 'odd'), '--json']));
    const [found] = linesOf(await runCli(['scan', join(root, 'odd'), '--quality', '--json']));
    const statuses = new Set((plain?.['images'] as { status: string }[]).map(({ status }) => status));
    expect([...statuses].sort()).toEqual(['ok', 'rejected', 'warning']);
    expect(found).toEqual({ ...plain, findings: expect.anything() });
  });

  test('as text: a block a kind, groups apart, nothing that steers the terminal', async () => {
    const { code, stdout, stderr } = await runCli(['scan', folder, '--quality']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`4 ok, 0 warning, 1 rejected

Exact duplicates: 2 in 1 group
- a/one.png
  a/two.png

Wrong extension: 1
  a/mis\\u001bnamed.png
`);
  });

  test('copies are near duplicates only beside a picture that is no copy', async () => {
    const near = join(root, 'near');
    mkdirSync(join(near, 'b'), { recursive: true });
    const { data } = await patternImage().resize(256, 256).png().toBuffer({ resolveWithObject: true });
    writeTo(near, 'b/copy.png', data);
    writeTo(near, 'b/half.png', await patternImage().resize(192, 192).png().toBuffer());
    writeTo(near, 'b/whole.png', data);
    const [found] = linesOf(await runCli(['scan', near, '--quality', '--json']));
    const all = ['b/copy.png', 'b/half.png', 'b/whole.png'];
    const copies = ['b/copy.png', 'b/whole.png'];
    expect(found?.['findings']).toEqual([
      { kind: 'exactDuplicate', images: copies, groups: [copies] },
      { kind: 'nearDuplicate', images: all, groups: [all] },
    ]);
  });

  test('copies in folders of different classes contradict each other; one beside the folders does not', async () => {
    const mixed = join(root, 'mixed');
    const whole = join(folder, 'a', 'one.png');
    for (const name of ['cat', 'dog']) mkdirSync(join(mixed, name), { recursive: true });
    for (const name of ['cat/1.png', 'dog/1.png', 'loose.png']) copyFileSync(whole, join(mixed, name));
    for (const name of ['cat/2.png', 'cat/3.png']) copyFileSync(join(folder, 'a', 'other.png'), join(mixed, name));
    const [found] = linesOf(await runCli(['scan', mixed, '--quality', '--json']));
    const [first, second] = [
      ['cat/1.png', 'dog/1.png', 'loose.png'],
      ['cat/2.png', 'cat/3.png'],
    ];
    expect(found?.['findings']).toEqual([
      { kind: 'exactDuplicate', images: expect.anything(), groups: expect.arrayContaining([first, second]) },
      { kind: 'labelConflict', images: ['cat/1.png', 'dog/1.png'], groups: [['cat/1.png', 'dog/1.png']] },
    ]);
    expect((await runCli(['scan', mixed, '--quality'])).stdout).toContain(
      'Conflicting labels: 2 in 1 group\n- cat/1.png\n  dog/1.png\n',
    );
  });

  test('says when nothing was found', async () => {
    const alone = join(root, 'alone');
    mkdirSync(join(alone, 'b'), { recursive: true });
    copyFileSync(join(folder, 'a', 'one.png'), join(alone, 'b', 'one.png'));
    expect((await runCli(['scan', alone, '--quality'])).stdout).toContain(
      'No duplicates and no poor images were found.',
    );
    expect(linesOf(await runCli(['scan', alone, '--quality', '--json']))).toEqual([
      expect.objectContaining({ findings: [] }),
    ]);
  });
});
