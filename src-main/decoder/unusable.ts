/** Why a file cannot be used as an image; the message is the reason that the user reads. */
export class Unusable extends Error {}

/** Turns what libvips says into a reason that fits "name: reason". */
export function decodingProblem(error: unknown): string {
  const detail = detailOf(error);
  if (/^timeout/.test(detail)) return 'decoding it takes too long';
  if (/premature|unexpected end|end of (file|data)|read error|unable to parse|truncat|not enough/i.test(detail)) {
    return `the file is cut short or damaged (${detail})`;
  }
  return `the file is damaged (${detail})`;
}

/** libvips' last line is its most specific one; the ones before it repeat. */
export function detailOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n').map((line) => line.trim());
  return (lines.findLast((line) => /[a-z]{3}/i.test(line)) ?? 'no reason given').replace(
    /^Input buffer has corrupt header: /,
    '',
  );
}
