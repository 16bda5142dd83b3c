import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FindingKind } from '../../../src-main/shared/image-query.ts';
import { judge } from '../../../src-main/engine/quality/judge.ts';
import type { JudgedImage } from '../../../src-main/engine/quality/judge.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { temporaryFolder, testDecoder, writeTo } from '../../decoder/support.ts';
import { demoPictures } from './pictures.ts';

const folder = temporaryFolder();
const decoder = testDecoder();

const measured = async (path: string): Promise<JudgedImage> => ({ ...(await decoder.measure(path)), path });

/** A scene of coloured discs on a slope of light; `seed` decides which. */
function scene(seed: number, width = 320, height = 240): Sharp {
  const random = createRandom(seed);
  const discs = Array.from({ length: 60 }, () => {
    const colour = `rgb(${random.int(256)},${random.int(256)},${random.int(256)})`;
    return `<circle cx="${random.int(width)}" cy="${random.int(height)}" r="${(0.02 + random.int(100) / 1000) * Math.min(width, height)}" fill="${colour}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#87a"/>${discs.join('')}</svg>`;
  return sharp(Buffer.from(svg)).removeAlpha();
}

const save = async (name: string, image: Sharp): Promise<JudgedImage> =>
  measured(writeTo(folder, name, await image.toBuffer()));

const kindsOf = (set: readonly JudgedImage[], index: number): FindingKind[] =>
  judge(set)
    .filter((poor) => poor.index === index)
    .map(({ kind }) => kind);

describe('one poor image among forty scenes', () => {
  let scenes: JudgedImage[];
  beforeAll(async () => {
    scenes = await Promise.all(
      Array.from({ length: 40 }, (_, seed) => save(`scene${seed}.jpg`, scene(seed).jpeg({ quality: 85 }))),
    );
  });

  test('the scenes themselves are fine', () => expect(judge(scenes)).toEqual([]));

  test.each<[string, () => Sharp | Promise<Sharp>, FindingKind[]]>([
    ['dark.jpg', () => scene(50).linear(0.2, 0).jpeg(), ['tooDark']],
    ['a bit dark.jpg', () => scene(50).linear(0.5, 0).jpeg(), []],
    ['bright.jpg', () => scene(51).linear(0.15, 217).jpeg(), ['tooBright']],
    ['a bit bright.jpg', () => scene(51).linear(0.6, 100).jpeg(), []],
    ['blurred.jpg', () => scene(52).blur(6).jpeg(), ['blurred']],
    ['sharp.jpg', () => scene(52).sharpen().jpeg(), []],
    [
      'enlarged.jpg',
      async () =>
        sharp(await scene(53, 40, 30).png().toBuffer())
          .resize(320, 240, { kernel: 'cubic' })
          .jpeg(),
      ['blurred'],
    ],
    [
      'plain.png',
      () => sharp({ create: { width: 320, height: 240, channels: 3, background: '#a05020' } }).png(),
      ['lowInformation'],
    ],
    [
      'black.png',
      () => sharp({ create: { width: 320, height: 240, channels: 3, background: '#000' } }).png(),
      ['tooDark'],
    ],
    [
      'white.png',
      () => sharp({ create: { width: 320, height: 240, channels: 3, background: '#fff' } }).png(),
      ['tooBright'],
    ],
    [
      'plain grey.png',
      () => sharp({ create: { width: 320, height: 240, channels: 3, background: '#808080' } }).png(),
      ['lowInformation'],
    ],
    ['ribbon.png', () => scene(54, 1200, 120).png(), ['oddAspect']],
    ['portrait.png', () => scene(55, 240, 320).png(), []],
    ['huge.png', () => scene(56, 1600, 1200).png(), ['oddSize']],
    ['tiny.png', () => scene(57, 8, 6).png(), ['oddSize']],
    ['other.png', () => scene(58).jpeg(), ['wrongExtension']],
    ['any.JPEG', () => scene(59).jpeg(), []],
    ['numbered.0001', () => scene(59).jpeg(), []],
    ['grey.jpg', () => scene(60).greyscale().jpeg({ quality: 60 }), ['greyAmongColour']],
  ])('%s', async (name, make, kinds) => {
    expect(kindsOf([...scenes, await save(name, await make())], scenes.length).toSorted()).toEqual(kinds);
  });

  test('what most of a set is, is not odd in it', async () => {
    const grey = await Promise.all(
      Array.from({ length: 20 }, (_, seed) =>
        save(
          `grey${seed}.png`,
          scene(seed + 100)
            .greyscale()
            .png(),
        ),
      ),
    );
    expect(judge([...scenes, ...grey])).toEqual([]);
  });

  test('a few images are no set to judge by', async () => {
    const few = scenes.slice(0, 5);
    const ribbon = await save('ribbon2.png', scene(61, 1200, 120).png());
    expect(judge([...few, ribbon])).toEqual([]);
  });
});

test('the demo sets raise few false alarms: none at all but pictures that are grey indeed', async () => {
  const clothes = await Promise.all(demoPictures('clothes', 8).map(measured));
  expect(judge(clothes)).toEqual([]);
  const emoji = await Promise.all(demoPictures('emoji').map(measured));
  const poor = judge(emoji);
  expect(new Set(poor.map(({ kind }) => kind))).toEqual(new Set(['greyAmongColour']));
  for (const { index } of poor) {
    const flat = sharp(emoji[index]!.path).flatten({ background: '#fff' }).toColourspace('srgb');
    const pixels = await flat.raw().toBuffer();
    const apart = Array.from({ length: pixels.length / 3 }, (_, at) => {
      const colour = pixels.subarray(3 * at, 3 * at + 3);
      return Math.max(...colour) - Math.min(...colour);
    });
    expect(apart.filter((levels) => levels > 12).length / apart.length).toBeLessThan(0.02);
  }
  expect(poor.length / emoji.length).toBeLessThan(0.04);
});
