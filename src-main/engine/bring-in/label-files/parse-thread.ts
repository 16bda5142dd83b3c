/** The thread that read.ts starts: parses the file that it is given, answers, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { reportError } from '../../../shared/errors.ts';
import type { Reply } from '../../../shared/protocol.ts';
import { parseLabelFile } from './parse.ts';
import type { LabelFile } from './rows.ts';

const reply = await parseLabelFile(String(workerData)).then(
  (value): Reply<LabelFile> => ({ ok: true, value }),
  (error: unknown): Reply<LabelFile> => ({ ok: false, error: reportError(error) }),
);
parentPort?.postMessage(reply);
