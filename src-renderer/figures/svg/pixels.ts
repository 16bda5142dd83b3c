import { encode } from 'fast-png';

/** RGBA pixels as an embedded picture whose cells stay sharp squares at any size. */
export function pixelsAt(
  x: number,
  y: number,
  [width, height]: readonly [width: number, height: number],
  pixels: { data: Uint8ClampedArray; rows: number; columns: number },
  opacity = 1,
): string {
  const file = encode({ width: pixels.columns, height: pixels.rows, data: pixels.data, channels: 4 });
  const base64 = btoa(file.reduce((text, byte) => text + String.fromCharCode(byte), ''));
  return [
    `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none"`,
    opacity === 1 ? '' : ` opacity="${opacity}"`,
    ` style="image-rendering:pixelated" href="data:image/png;base64,${base64}"/>`,
  ].join('');
}
