/** The quality scan of a folder that belongs to no project: what is in it, and what is found in that, in one reading. */
import type { ImageMeasures } from '../../shared/decoder.ts';
import { orRejected } from '../images/decoder-client.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { entriesIn, scanEntries } from '../images/scan.ts';
import type { ScannedImage } from '../images/scan.ts';
import { MeasuredImages, findIn } from './find.ts';
import type { Finding } from './find.ts';

interface Options {
  decoder: DecoderClient;
  signal: AbortSignal;
  onRead(done: number, total: number): void;
  onCompared(done: number, total: number): void;
}

/** Findings name images by their index among the found. @throws ReceptiveError as `scanFolder` does */
export async function scanFiles(
  folder: string,
  { decoder, signal, onRead, onCompared }: Options,
): Promise<{ found: ScannedImage[]; findings: Finding[] }> {
  const entries = await entriesIn(folder, signal);
  const measured = new MeasuredImages(entries.length);
  const found = await scanEntries(folder, entries, { decoder, signal, onProgress: onRead }, async (path, index) => {
    const answer = await orRejected(decoder.measure(path));
    if (answer.status === 'rejected') return answer;
    measured.set(index, path, answer);
    return probedOf(answer);
  });
  return { found, findings: await findIn(measured, { signal, onProgress: onCompared }) };
}

/** As `probe` would have answered. */
function probedOf({ status, reason, width, height, format, bytes, modifiedAt, content }: ImageMeasures) {
  return { status, ...(reason !== undefined && { reason }), width, height, format, bytes, modifiedAt, content };
}
