/** Whether pictures have colour, read from their pixels. */
import { imageUrl } from '../../src-main/shared/bridge.ts';

/** Codecs may leave a trace of colour on a grey picture; eyes do not see this much (of 255). */
const trace = 6;

/** RGBA bytes whose red, green and blue are the same, but for a trace. */
export function isGrey(rgba: ArrayLike<number>): boolean {
  for (let i = 0; i < rgba.length; i += 4) {
    const [red = 0, green = 0, blue = 0] = [rgba[i], rgba[i + 1], rgba[i + 2]];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > trace) return false;
  }
  return true;
}

/** Whether an image of the project is grey; rejects when it cannot be shown. */
export async function isGreyImage(id: number): Promise<boolean> {
  const image = new Image();
  image.crossOrigin = 'anonymous';
  image.src = imageUrl(id, 128);
  await image.decode();
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  if (!context) return false;
  context.drawImage(image, 0, 0);
  return isGrey(context.getImageData(0, 0, image.width, image.height).data);
}
