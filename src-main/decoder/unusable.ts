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

/** libvips reports every step that failed, repeats itself, and ends with the step that wrote: the cause comes first. */
export function detailOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const cause = message.split('\n').find((line) => /[a-z]/i.test(line) && !/bad seek|unable to write/.test(line));
  return (cause ?? message)
    .replace(/^Input buffer has corrupt header: /, '')
    .replace(/^Input buffer contains unsupported image format$/, 'its header cannot be read')
    .trim();
}
