/** Which image files can be shown as they are: what is small already needs no decoder and no place in the cache. */

/** Larger files are made smaller, however few pixels they have. */
export const smallFileBytes = 2 ** 16;

const pngSignature = '\x89PNG\r\n\x1a\n';

/**
 * Whether a browser shows this file as the decoder would: JPEG always; PNG when it is opaque (the decoder lays
 * transparency on white) and still. PNG specification, 3rd edition: the colour type is byte 9 of the IHDR chunk.
 */
export function isShownAsItIs(content: Buffer, format: string | null): boolean {
  if (format === 'jpeg') return true;
  if (format !== 'png' || content.toString('latin1', 0, 8) !== pngSignature) return false;
  const colourType = content[25];
  if (colourType !== 0 && colourType !== 2 && colourType !== 3) return false;
  // Chunks: length, type, data, checksum.
  for (let at = 8; at + 8 <= content.length; at += content.readUInt32BE(at) + 12) {
    const type = content.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') return true;
    if (type === 'tRNS' || type === 'acTL') return false;
  }
  return false;
}
