/** `receptive scan`: what is in a folder of images, and what of it cannot be used. */
import { scanFolder } from '../engine/images/scan.ts';
import type { ScannedImage } from '../engine/images/scan.ts';
import { imageStatuses } from '../shared/image-query.ts';
import type { ImageStatus } from '../shared/image-query.ts';
import { withDecoder } from './decoder.ts';
import type { ScanOptions } from './options.ts';
import type { Output } from './output.ts';
import { table } from './readable.ts';
import { findInFolder, findingsReport } from './scan-quality.ts';
import type { FolderFinding } from './scan-quality.ts';

export async function run({ folder, quality }: ScanOptions, output: Output): Promise<Record<string, unknown>> {
  const aborter = new AbortController();
  const { signal } = aborter;
  output.onInterrupt(() => aborter.abort());
  const { found, findings = null } = await withDecoder<{ found: ScannedImage[]; findings?: FolderFinding[] }>(
    async (decoder) => {
      if (quality) return findInFolder(folder, decoder, signal, output);
      const onProgress = (done: number, total: number) => output.progress('Reading images', done, total);
      return { found: await scanFolder(folder, { decoder, onProgress, signal }) };
    },
  );
  const images = found.map(markedWithoutClass);
  const counts = countStatuses(images);
  output.text(report(images, counts));
  if (findings) output.text(`\n${findingsReport(findings, printable)}`);
  return {
    images: images.map(({ bytes: _bytes, modifiedAt: _modifiedAt, content: _content, ...row }) => row),
    counts,
    ...(findings && { findings }),
  };
}

/** A good image directly in the folder is of no class: training would leave it out. */
function markedWithoutClass(image: ScannedImage): ScannedImage {
  if (image.class !== undefined || image.status === 'rejected') return image;
  const reason = [image.reason, 'it lies in no class folder'].filter(Boolean).join('; ');
  return { ...image, status: 'warning', reason };
}

type Counts = Record<ImageStatus, number>;

function countStatuses(images: readonly ScannedImage[]): Counts {
  const counts: Counts = { ok: 0, warning: 0, rejected: 0 };
  for (const { status } of images) counts[status]++;
  return counts;
}

/** The counts of each class, then every file that needs a look, then the sums. */
function report(images: readonly ScannedImage[], counts: Counts): string {
  const classes = Map.groupBy(images, (image) => image.class ?? '(in no class folder)');
  const byClass = [...classes].map(([name, rows]) => ({ class: printable(name), ...countStatuses(rows) }));
  const odd = images
    .filter(({ status }) => status !== 'ok')
    .map(({ path, status, reason }) => ({ path: printable(path), status, reason }));
  const sums = imageStatuses.map((status) => `${counts[status].toLocaleString('en')} ${status}`).join(', ');
  return [table(byClass), ...(odd.length > 0 ? [table(odd)] : []), sums].join('\n\n');
}

/** Names may hold anything, also what would break a line or steer the terminal. */
const printable = (name: string): string =>
  name.replace(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
