/** What a trained network says of images, and taking it away. */
import { z } from 'zod';
import type { JobId } from '../events.ts';
import type { ExportResult } from '../inspection.ts';
import type { EncodedImage } from '../pictures.ts';
import { path, request, runWeights } from './request.ts';

const classifyResultSchema = z.union([
  z.strictObject({
    path: z.string(),
    predictions: z.array(z.strictObject({ class: z.string(), probability: z.number() })),
  }),
  z.strictObject({ path: z.string(), error: z.string() }),
]);

export const resultRequests = {
  /** Has the run loaded, for what may be evaluated next; after a minute without that it is let go. */
  'evaluate.prepare': request<void>()(runWeights),
  /**
   * Over the project's labelled images of that split; `all` takes every labelled image. In the background; the result
   * arrives as an `evaluate.result` event.
   */
  'evaluate.run': request<JobId>()(runWeights.extend({ split: z.enum(['train', 'validation', 'test', 'all']) })),
  /** Has the run loaded, for what may be classified next; after a minute without that it is let go. */
  'classify.prepare': request<void>()(runWeights),
  /** Files and folders, in the background; results arrive as `classify.results` events. */
  'classify.start': request<JobId>()(
    runWeights.extend({ paths: z.array(path).min(1), top: z.number().int().min(1).max(1000).default(5) }),
  ),
  /** Writes the table that `classify --csv` writes; replaces the file. */
  'classify.saveCsv': request<void>()(z.strictObject({ path, results: z.array(classifyResultSchema) })),
  'export.tfjs': request<ExportResult>()(runWeights.extend({ path })),
  'job.cancel': request<void>()(z.strictObject({ jobId: z.string() })),
  /** What the screen made to be taken along, as a new file: text as UTF-8, or bytes. */
  'files.write': request<void>()(z.strictObject({ path, data: z.union([z.string(), z.instanceof(Uint8Array)]) })),
  /** A preview of any file on disk that was dropped or classified, for the screen. */
  'files.thumbnail': request<EncodedImage>()(z.strictObject({ path, size: z.number().int().min(16).max(2048) })),
} as const;
