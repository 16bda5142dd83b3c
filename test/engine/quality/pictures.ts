/** Files with pictures for the quality scan, and what was done to some of them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { Sharp } from 'sharp';

const demo = fileURLToPath(new URL('../../../resources/demo', import.meta.url));

/** Every `step`th picture of a demo set: absolute paths. */
export function demoPictures(name: 'clothes' | 'emoji', step = 1): string[] {
  const folder = join(demo, name);
  return readdirSync(folder)
    .toSorted()
    .flatMap((kind) => readdirSync(join(folder, kind)).map((file) => join(folder, kind, file)))
    .filter((_, index) => index % step === 0);
}

interface Size {
  width: number;
  height: number;
}
const resized = (image: Sharp, { width, height }: Size, factor: number): Sharp =>
  image.resize(Math.round(factor * width), Math.round(factor * height), { fit: 'fill' });

/** `share` of the width and the height cut off on each side. */
function cropped(image: Sharp, { width, height }: Size, share: number): Sharp {
  const left = Math.round(share * width);
  const top = Math.round(share * height);
  return image.extract({ left, top, width: width - 2 * left, height: height - 2 * top });
}

/** What people and programs do to pictures, with the name of the result. */
export const changes: Record<string, (image: Sharp, size: Size) => Sharp> = {
  'quality 95.jpg': (image) => image.jpeg({ quality: 95 }),
  'quality 75.jpg': (image) => image.jpeg({ quality: 75 }),
  'quality 40.jpg': (image) => image.jpeg({ quality: 40 }),
  'other format.webp': (image) => image.webp({ quality: 60 }),
  'half as large.png': (image, size) => resized(image, size, 0.5).png(),
  'twice as large.png': (image, size) => resized(image, size, 2).png(),
  'smaller.jpg': (image, size) => resized(image, size, 0.7).jpeg({ quality: 75 }),
  'darker.png': (image) => image.linear(0.9, 0).png(),
  'more contrast.png': (image) => image.linear(1.05, -6).png(),
  'cropped.png': (image, size) => cropped(image, size, 0.02).png(),
};

/** The changed picture's bytes; transparency is laid on white first. */
export async function changed(path: string, change: string): Promise<Buffer> {
  const { data, info } = await sharp(path)
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .png()
    .toBuffer({ resolveWithObject: true });
  return changes[change]!(sharp(data), info).toBuffer();
}
