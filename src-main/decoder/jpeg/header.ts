/** Reads a JPEG's markers up to its first scan, to tell plain images from those with anything unusual about them. */

export interface JpegHeader {
  /** Pixels as stored, before EXIF orientation. */
  width: number;
  height: number;
  channels: 1 | 3;
  /** EXIF's, 1 to 8: what turns the stored image upright. */
  orientation: number;
}

/** Baseline, extended and progressive, Huffman-coded; the others are lossless, hierarchical or arithmetic. */
const frames = [0xc0, 0xc1, 0xc2];
const otherFrames = [0xc3, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
const startOfScan = 0xda;
const app1 = 0xe1;
const app2 = 0xe2;
const app14 = 0xee;

/**
 * Null for what is not plain, which has another codec decide: colours that are not JFIF's YCbCr or grey, a colour profile or
 * a second picture (APP2), more than 8 bits, odd EXIF, bytes where a marker is expected.
 */
export function plainHeader(jpeg: Buffer): JpegHeader | null {
  let frame: Omit<JpegHeader, 'orientation'> | null = null;
  let orientation: number | null = null;
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return null;
  let at = 2;
  while (at + 4 <= jpeg.length) {
    if (jpeg[at] !== 0xff) return null;
    const marker = jpeg[at + 1]!;
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    // Markers without a length do not occur in front of a scan, and filling bytes are rare.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9) || marker === 0xff || end > jpeg.length) return null;
    const segment = jpeg.subarray(at + 4, end);
    if (marker === startOfScan) return frame && { ...frame, orientation: orientation ?? 1 };
    if (marker === app2 || otherFrames.includes(marker)) return null;
    if (frames.includes(marker)) {
      if (frame) return null;
      frame = readFrame(segment);
      if (!frame) return null;
    } else if (marker === app1 && segment.toString('latin1', 0, 6) === 'Exif\0\0') {
      if (orientation !== null) return null;
      orientation = readOrientation(segment.subarray(6));
      if (orientation === null) return null;
    } else if (marker === app14 && segment.toString('latin1', 0, 5) === 'Adobe') {
      // Its last byte: 1 for YCbCr, which is what three components are without it.
      if (segment[11] !== 1) return null;
    }
    at = end;
  }
  return null;
}

function readFrame(segment: Buffer): Omit<JpegHeader, 'orientation'> | null {
  if (segment.length < 6 || segment[0] !== 8) return null;
  const height = segment.readUInt16BE(1);
  const width = segment.readUInt16BE(3);
  const count = segment[5]!;
  if (height === 0 || width === 0 || segment.length !== 6 + 3 * count) return null;
  if (count === 1) return { width, height, channels: 1 };
  // Numbered otherwise, components may be RGB.
  const isYcc = count === 3 && [1, 2, 3].every((id, at) => segment[6 + 3 * at] === id);
  return isYcc ? { width, height, channels: 3 } : null;
}

/** Tag 0x0112 of a TIFF's first directory; 1 where there is none, null where anything is odd. */
function readOrientation(tiff: Buffer): number | null {
  const order = tiff.toString('latin1', 0, 4);
  if (order !== 'II*\0' && order !== 'MM\0*') return null;
  const little = order === 'II*\0';
  const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = tiff.length >= 8 ? long(4) : 0;
  if (directory < 8 || directory + 2 > tiff.length) return null;
  const entries = short(directory);
  if (directory + 2 + 12 * entries > tiff.length) return null;
  for (let entry = directory + 2; entry < directory + 2 + 12 * entries; entry += 12) {
    if (short(entry) !== 0x0112) continue;
    const value = short(entry + 8);
    const isPlain = short(entry + 2) === 3 && long(entry + 4) === 1 && value >= 1 && value <= 8;
    return isPlain ? value : null;
  }
  return 1;
}
