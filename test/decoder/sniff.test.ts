import { expect, test } from 'vitest';
import { sniff } from '../../src-main/decoder/sniff.ts';

const box = (...brands: string[]): string =>
  `\0\0\0${String.fromCharCode(16 + brands.slice(1).length * 4)}ftyp${brands[0]}\0\0\0\0${brands.slice(1).join('')}`;

test.each([
  ['\xff\xd8\xff\xe0', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['RIFF\x10\0\0\0WEBPVP8 ', 'webp'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'],
  [box('avif'), 'avif'],
  [box('mif1', 'miaf', 'avif'), 'avif'],
])('%j is %s', (bytes, format) => {
  expect(sniff(Buffer.from(bytes, 'latin1'))).toEqual({ format });
});

test.each([
  [box('heic', 'mif1'), 'HEIC images cannot be read'],
  [box('isom', 'mp41'), 'its content is a video'],
  ['\xff\x0a\xfa', 'JPEG XL images cannot be read'],
  ['\0\0\0\x0cjP  \r\n\x87\n', 'JPEG 2000 images cannot be read'],
  ['BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28', 'BMP images cannot be read'],
  ['8BPS\0\x01', 'Photoshop images cannot be read'],
  ['\n <svg width="1">', 'SVG images cannot be read'],
  ['%PDF-1.7', 'its content is a PDF document'],
  ['PK\x03\x04\x14', 'its content is a ZIP archive'],
  ['RIFF\x10\0\0\0WAVEfmt ', 'none of JPEG'],
  ['BMW is a car maker, and this is text', 'its content is text'],
  ['GIF is what this text is about', 'its content is text'],
  ['\xff\xfea\0b\0', 'its content is text'],
  ['\0\x01\x02\x03', 'none of JPEG'],
  ['\xc3\x28', 'none of JPEG'],
  ['ftyp', 'its content is text'],
  ['\xff\xff\xff\xffftyp', 'its content is a video'],
])('%j: %s', (bytes, problem) => {
  expect(sniff(Buffer.from(bytes, 'latin1'))).toEqual({ problem: expect.stringContaining(problem) });
});
