import type { ClassifyResult } from '../../shared/inspection.ts';
import { csvRow } from '../../shared/text-table.ts';

/** One row a file: path, best class, its probability, then the further classes in pairs; or the error. RFC 4180. */
export function classificationCsv(results: ClassifyResult[]): string {
  const most = results.reduce((most, result) => Math.max(most, 'error' in result ? 0 : result.predictions.length), 0);
  const pairs = Array.from({ length: most }, (_, at) => [`class ${at + 1}`, `probability ${at + 1}`]);
  const rows = results.map((result) => {
    if ('error' in result) return [result.path, result.error, ...pairs.flatMap(() => ['', ''])];
    const values = pairs.flatMap((_, at) => {
      const prediction = result.predictions[at];
      return prediction ? [prediction.class, String(prediction.probability)] : ['', ''];
    });
    return [result.path, '', ...values];
  });
  return [['path', 'error', ...pairs.flat()], ...rows].map(csvRow).join('');
}
