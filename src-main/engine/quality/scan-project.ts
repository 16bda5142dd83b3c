/** The quality scan of a project: measures what has not been measured, finds, and keeps what was found. */
import { stat } from 'node:fs/promises';
import type { ImageMeasures } from '../../shared/decoder.ts';
import { orRejected } from '../images/decoder-client.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import type { Project } from '../store/project.ts';
import { filesToScan, keepContents, keepFindings } from '../store/quality.ts';
import type { ScannedFile } from '../store/quality.ts';
import { MeasuredImages, findIn } from './find.ts';
import { MeasureStore } from './measure-store.ts';

interface Options {
  decoder: DecoderClient;
  signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

export interface ScanOutcome {
  scanned: number;
  /** Files that are not there any more, or could not be read now. */
  unread: number;
  /** Images that something was found about. */
  found: number;
}

/** Of the whole, what measuring takes; the rest is the search for duplicates. */
const measuringShare = 0.8;
/** Contents that are kept together: each transaction waits for the disk once. */
const chunk = 1000;

/** What was measured before a cancellation is kept. @throws ReceptiveError `interrupted` */
export async function scanProject(project: Project, { decoder, signal, onProgress }: Options): Promise<ScanOutcome> {
  const { db } = project;
  const files = filesToScan(db);
  const total = files.length;
  const measured = new MeasuredImages(total);
  const store = MeasureStore.open(project.cacheFolder);
  let unread = 0;
  let done = 0;
  onProgress(done, total);
  try {
    for (let start = 0; start < total; start += chunk) {
      const fresh: { id: number; content: Uint8Array }[] = [];
      await mapInParallel(files.slice(start, start + chunk), decoder.processes * 4, async (file, at) => {
        throwIfInterrupted(signal);
        const measures = await knownOrMeasured(file, store, decoder);
        if (measures) {
          measured.set(start + at, file.path, measures);
          if (!file.hashed && isAsKnown(file, measures)) fresh.push({ id: file.id, content: measures.content });
        } else unread++;
        onProgress(Math.floor(measuringShare * ++done), total);
      });
      keepContents(db, fresh);
    }
  } finally {
    store.close();
  }
  const findings = await findIn(measured, {
    signal,
    onProgress: (searched, all) =>
      onProgress(Math.floor(total * (measuringShare + ((1 - measuringShare) * searched) / Math.max(1, all))), total),
  });
  keepFindings(db, files, findings);
  return { scanned: total - unread, unread, found: new Set(findings.map(({ index }) => index)).size };
}

/** Of a file that changed since the project looked into it, the content is not that of the image the project knows. */
const isAsKnown = (file: ScannedFile, { bytes, modifiedAt }: ImageMeasures): boolean =>
  file.bytes === bytes && file.modifiedMs === modifiedAt;

/** null for what is not there or cannot be read now. */
async function knownOrMeasured(
  { id, path }: ScannedFile,
  store: MeasureStore,
  decoder: DecoderClient,
): Promise<ImageMeasures | null> {
  const stats = await stat(path).catch(() => null);
  if (!stats) return null;
  const known = store.read(id, { bytes: stats.size, modifiedMs: stats.mtimeMs });
  if (known) return known;
  const measures = await orRejected(decoder.measure(path));
  if (measures.status === 'rejected') return null;
  store.add(id, measures);
  return measures;
}
