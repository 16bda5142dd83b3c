/** Reads a file of labels without keeping other work waiting: a large one in a thread of its own. */
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { errorFromReport } from '../../../shared/errors.ts';
import type { Reply } from '../../../shared/protocol.ts';
import { parseLabelFile } from './parse.ts';
import type { LabelFile } from './rows.ts';

/** Starting a thread takes as long as reading about this many bytes. */
const smallFile = 2 ** 20;

/** @throws ReceptiveError `unreadable`, saying what is wrong and where, or Node's error when it cannot be read. */
export async function readLabelFile(path: string): Promise<LabelFile> {
  const { size } = await stat(path);
  return size <= smallFile ? parseLabelFile(path) : parseInThread(path);
}

function parseInThread(path: string): Promise<LabelFile> {
  const worker = new Worker(new URL('./parse-thread.ts', import.meta.url), { workerData: path });
  return new Promise((resolve, reject) => {
    worker.on('message', (reply: Reply<LabelFile>) => {
      if (reply.ok) resolve(reply.value);
      else reject(errorFromReport(reply.error));
    });
    // Out of memory, for one.
    worker.on('error', reject);
  });
}
