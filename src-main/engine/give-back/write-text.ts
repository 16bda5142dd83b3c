import { open } from 'node:fs/promises';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { writeWhole } from './target.ts';

/** Pieces are gathered to about this many characters a write. */
const blockLength = 2 ** 18;

/** Writes the pieces to the new file `out`, which has its name only when it is whole and on the disk. */
export async function writeText(out: string, pieces: Iterable<string>, signal?: AbortSignal): Promise<void> {
  await writeWhole(out, 'file', async (temporary) => {
    const file = await open(temporary, 'w');
    try {
      let block = '';
      for (const piece of pieces) {
        block += piece;
        if (block.length < blockLength) continue;
        await file.writeFile(block);
        block = '';
        throwIfInterrupted(signal);
      }
      await file.writeFile(block);
      await file.sync();
      throwIfInterrupted(signal);
    } finally {
      await file.close();
    }
  });
}
