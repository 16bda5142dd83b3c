/** Reads the contents of images that came in before contents were kept, so that these, too, are found when they move. */
import { throwIfInterrupted } from '../images/interrupted.ts';
import { mapInParallel } from '../images/parallel.ts';
import { untilQuiet } from '../quiet.ts';
import type { Database } from '../store/database.ts';
import { filesWithoutContent, noteContents } from '../store/relocate.ts';
import { hashFile } from './match.ts';
import { fileNow } from './differences.ts';

const pageSize = 64;

/** Few at a time: nobody waits for it. */
const lanes = 2;

/** Only of files that are still as they were when they were looked into. */
export async function readContents(db: Database, signal: AbortSignal): Promise<void> {
  let page = filesWithoutContent(db, 0, pageSize);
  while (page.length > 0) {
    await untilQuiet(signal);
    const contents = await mapInParallel(page, lanes, async (image) => {
      throwIfInterrupted(signal);
      const content = await hashFile(image);
      const now = await fileNow(image.path);
      const isSame = now?.bytes === image.bytes && now.modifiedMs === image.modifiedMs;
      return content !== null && isSame ? [{ id: image.id, content: Buffer.from(content, 'hex') }] : [];
    });
    throwIfInterrupted(signal);
    noteContents(db, contents.flat());
    page = filesWithoutContent(db, page.at(-1)!.id, pageSize);
  }
}
