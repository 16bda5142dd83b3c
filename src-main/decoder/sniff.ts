/** Tells what a file is from its first bytes; names and extensions are not looked at. */
import type { ImageFormat } from '../shared/decoder.ts';

type Sniffed = { format: ImageFormat } | { problem: string };

const text = (bytes: Buffer, from: number, to: number): string => bytes.toString('latin1', from, to);

const formats: [ImageFormat, (bytes: Buffer) => boolean][] = [
  ['jpeg', (bytes) => text(bytes, 0, 3) === '\xff\xd8\xff'],
  ['png', (bytes) => text(bytes, 0, 8) === '\x89PNG\r\n\x1a\n'],
  ['webp', (bytes) => text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 12) === 'WEBP'],
  ['gif', (bytes) => /^GIF8[79]a/.test(text(bytes, 0, 6))],
  ['tiff', (bytes) => ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text(bytes, 0, 4))],
  ['avif', (bytes) => brands(bytes).some((brand) => brand === 'avif' || brand === 'avis')],
];

const otherKinds: [string, (bytes: Buffer) => boolean][] = [
  ['HEIC', (bytes) => brands(bytes).some((brand) => /^(hei|hev|mif1|msf1)/.test(brand))],
  ['JPEG XL', (bytes) => text(bytes, 0, 2) === '\xff\x0a' || text(bytes, 4, 12) === 'JXL \r\n\x87\n'],
  ['JPEG 2000', (bytes) => text(bytes, 4, 12) === 'jP  \r\n\x87\n' || text(bytes, 0, 4) === '\xff\x4f\xff\x51'],
  ['BMP', (bytes) => text(bytes, 0, 2) === 'BM' && bytes.length > 14 && bytes.readUInt32LE(10) < 2048],
  ['ICO', (bytes) => text(bytes, 0, 4) === '\0\0\x01\0'],
  ['Photoshop', (bytes) => text(bytes, 0, 4) === '8BPS'],
  ['SVG', (bytes) => /<svg[\s>]/i.test(text(bytes, 0, 1024))],
];

const notImages: [string, (bytes: Buffer) => boolean][] = [
  ['a PDF document', (bytes) => text(bytes, 0, 5) === '%PDF-'],
  ['a ZIP archive', (bytes) => text(bytes, 0, 4) === 'PK\x03\x04'],
  ['a video', (bytes) => text(bytes, 4, 8) === 'ftyp' || text(bytes, 0, 4) === '\x1a\x45\xdf\xa3'],
  ['text', (bytes) => isText(bytes.subarray(0, 1024))],
];

/** @param bytes the file's beginning, 1,024 bytes where it has them. */
export function sniff(bytes: Buffer): Sniffed {
  const format = formats.find(([, matches]) => matches(bytes));
  if (format) return { format: format[0] };
  const other = otherKinds.find(([, matches]) => matches(bytes));
  if (other) {
    return { problem: `${other[0]} images cannot be read; save it as JPEG, PNG, WebP, GIF, TIFF or AVIF` };
  }
  const content = notImages.find(([, matches]) => matches(bytes));
  if (content) return { problem: `not an image: its content is ${content[0]}` };
  return { problem: 'not an image: its content is none of JPEG, PNG, WebP, GIF, TIFF and AVIF' };
}

/** The brands of an ISO media file (AVIF, HEIC, MP4): the major one, then the compatible ones. */
function brands(bytes: Buffer): string[] {
  if (text(bytes, 4, 8) !== 'ftyp') return [];
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256);
  const found = [text(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(text(bytes, at, at + 4));
  return found;
}

/** UTF-8 (possibly cut inside a character at the end) or UTF-16 with its mark, without control characters. */
function isText(bytes: Buffer): boolean {
  if (/^(\xff\xfe|\xfe\xff)/.test(text(bytes, 0, 2))) return true;
  if (bytes.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27)) {
    return false;
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
