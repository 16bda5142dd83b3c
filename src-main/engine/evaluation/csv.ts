import type { ClassifyResult } from '../../shared/inspection.ts';

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

/** One record with its line break, RFC 4180: quotes go around a value that needs them, and those inside are doubled. */
export const csvRow = (values: readonly string[]): string => `${values.map(field).join(',')}\r\n`;

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
