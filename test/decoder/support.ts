/** Real files for tests of the decoder: a pattern whose pixels are known, in any format, in a folder that goes away. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, crc32 } from 'node:zlib';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { afterAll } from 'vitest';
import { DecoderClient } from '../../src-main/engine/images/decoder-client.ts';
import type { DecoderOptions } from '../../src-main/engine/images/decoder-client.ts';

export const patternWidth = 16;
export const patternHeight = 12;

export type Rgb = [number, number, number];
/** Of the pattern's quadrants: top left, top right, bottom left, bottom right. */
export const quadrants: Rgb[] = [
  [200, 100, 50],
  [40, 160, 90],
  [60, 70, 190],
  [230, 230, 230],
];

/** The pattern's colour at row `y`, column `x`. */
export const colourAt = (y: number, x: number): Rgb =>
  quadrants[(y < patternHeight / 2 ? 0 : 2) + (x < patternWidth / 2 ? 0 : 1)]!;

/** [12, 16, 3] */
export const pattern = Uint8Array.from(
  Array.from({ length: patternHeight * patternWidth }, (_, at) =>
    colourAt(Math.floor(at / patternWidth), at % patternWidth),
  ).flat(),
);

export const patternImage = (): Sharp => plainImage(pattern, patternHeight, patternWidth);

/** `pixels`: uint8 [height, width, 3] */
export const plainImage = (pixels: Uint8Array, height: number, width: number): Sharp =>
  sharp(pixels, { raw: { width, height, channels: 3 } });

export const rgb = (height: number, width: number) => ({ height, width, channels: 3, fit: 'stretch' }) as const;
export const grey = (height: number, width: number) => ({ height, width, channels: 1, fit: 'stretch' }) as const;

/** A folder that is removed when the test file has run. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-images-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A decoder that is closed when the test file has run. */
export function testDecoder(options: DecoderOptions = {}): DecoderClient {
  const decoder = new DecoderClient(options);
  afterAll(() => decoder.close());
  return decoder;
}

export function writeTo(folder: string, name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A black PNG of any size, of 1-bit grey or 8-bit RGB pixels: even a large one is a small file. */
export function blackPng(height: number, width: number, bitsPerPixel: 1 | 24 = 1): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bitsPerPixel === 1 ? 1 : 8; // bits a sample
  header[9] = bitsPerPixel === 1 ? 0 : 2; // grey or RGB
  const rows = Buffer.alloc(height * (1 + Math.ceil((width * bitsPerPixel) / 8)));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A TIFF of one row of grey pixels, of 16-bit whole numbers or 32-bit floats. */
export function greyTiff(row: Uint16Array | Float32Array): Buffer {
  const tags: [tag: number, type: 3 | 4, value: number][] = [
    [256, 3, row.length], // width
    [257, 3, 1], // height
    [258, 3, row.BYTES_PER_ELEMENT * 8], // bits a sample
    [259, 3, 1], // not compressed
    [262, 3, 1], // black is zero
    [273, 4, 8], // where the row starts
    [277, 3, 1], // samples a pixel
    [278, 3, 1], // rows a strip
    [279, 4, row.byteLength], // bytes in the strip
    [339, 3, row instanceof Float32Array ? 3 : 1], // floats, or whole numbers without a sign
  ];
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(8 + row.byteLength, 4);
  const directory = Buffer.alloc(2 + tags.length * 12 + 4);
  directory.writeUInt16LE(tags.length, 0);
  tags.forEach(([tag, type, value], at) => {
    directory.writeUInt16LE(tag, 2 + at * 12);
    directory.writeUInt16LE(type, 4 + at * 12);
    directory.writeUInt32LE(1, 6 + at * 12);
    // A short stands in the lower half: the same bytes as the long of its value.
    directory.writeUInt32LE(value, 10 + at * 12);
  });
  return Buffer.concat([head, Buffer.from(row.buffer, row.byteOffset, row.byteLength), directory]);
}
