/** Reads the contents of images that came in before contents were kept, so that these, too, are found when they move. */
import { throwIfInterrupted } from '../images/interrupted.ts';
import type { Database } from '../store/database.ts';
import { contentNotes, filesWithoutContent } from '../store/relocate.ts';
import type { KnownFile } from '../store/relocate.ts';
import { fileNow, fileNowAtOnce, inSlices } from './differences.ts';
import { hashFile, hashFileAtOnce } from './match.ts';

/** Written at once. */
const pageSize = 256;
/** Between two slices, ms: there is much to read, and while somebody works it waits anyway. */
const rest = 1;

/** Only of files that are still as they were when they were looked into. */
export async function readContents(db: Database, signal: AbortSignal): Promise<void> {
  const takeTurn = inSlices(signal, rest);
  // As where files are looked at: the first of each slice may be on a disk that does not answer.
  let mayHang = true;
  // Prepared once: what a statement takes is only given back when something collects it.
  const filesAfter = filesWithoutContent(db);
  const note = contentNotes(db);
  let page = filesAfter(0, pageSize);
  while (page.length > 0) {
    const contents: { id: number; content: Uint8Array }[] = [];
    for (const image of page) {
      const turn = takeTurn();
      if (turn) mayHang = await turn;
      const content = mayHang ? await hashFile(image) : await hashFileAtOnce(image);
      const now = mayHang ? await fileNow(image.path) : fileNowAtOnce(image.path);
      mayHang = false;
      if (content !== null && isSame(image, now)) contents.push({ id: image.id, content: Buffer.from(content, 'hex') });
    }
    throwIfInterrupted(signal);
    note(contents);
    page = filesAfter(page.at(-1)!.id, pageSize);
  }
}

const isSame = (image: KnownFile, now: ReturnType<typeof fileNowAtOnce>): boolean =>
  now?.bytes === image.bytes && now.modifiedMs === image.modifiedMs;
