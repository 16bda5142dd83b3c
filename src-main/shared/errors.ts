/** The error codes of the command line and the protocol. */
export const errorCodes = [
  'usage',
  'unsupported',
  'not-found',
  'unreadable',
  'exists',
  'no-images',
  'too-few-classes',
  'invalid-network',
  'invalid-model',
  'disk-full',
  'out-of-memory',
  'diverged',
  'engine-lost',
  'interrupted',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** How an error crosses a process boundary. `hint` is the remedy, one sentence; empty when there is none. */
export interface ErrorReport {
  code: ErrorCode;
  message: string;
  hint: string;
}

/** An error that was foreseen: it names the thing, the rule and the values; `hint` says what to do. */
export class ReceptiveError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint = '') {
    super(message);
    this.name = 'ReceptiveError';
    this.code = code;
    this.hint = hint;
  }
}

/** Node's file errors: what they mean here, and a sentence; `it` is the path, where the error names one. */
const systemErrors: Record<string, [ErrorCode, (it: string) => string]> = {
  ENOENT: ['not-found', (it) => `There is no ${it}.`],
  ENOTDIR: ['not-found', (it) => `${it} leads through a file as if it were a folder.`],
  EISDIR: ['unreadable', (it) => `${it} is a folder, where a file is needed.`],
  EACCES: ['unreadable', (it) => `Permission to use ${it} is denied.`],
  EPERM: ['unreadable', (it) => `Permission to use ${it} is denied.`],
  EROFS: ['unreadable', (it) => `${it} is on a disk that can only be read.`],
  EIO: ['unreadable', (it) => `The disk failed at ${it}.`],
  ELOOP: ['unreadable', (it) => `${it} is a link that leads back to itself.`],
  ENAMETOOLONG: ['unreadable', (it) => `The path ${it} is too long.`],
  EEXIST: ['exists', (it) => `${it} already exists.`],
  ENOTEMPTY: ['exists', (it) => `${it} already exists.`],
  ENOSPC: ['disk-full', () => 'The disk is full.'],
  EDQUOT: ['disk-full', () => 'Your share of the disk is full.'],
  ENOMEM: ['out-of-memory', () => 'There is not enough memory.'],
};

/** How the JavaScript engine and TensorFlow say that there is no memory left for an array or a tensor. */
const outOfMemory =
  /^Array buffer allocation failed|^Invalid (typed array|array buffer|array) length|OOM when allocating|RESOURCE_EXHAUSTED/;

/** Turns whatever was thrown into a report. Node's own file errors keep their meaning; the rest is `internal`. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof ReceptiveError) return { code: error.code, message: error.message, hint: error.hint };
  if (!(error instanceof Error)) return { code: 'internal', message: String(error), hint: '' };
  if (outOfMemory.test(error.message)) {
    const hint = 'Use a smaller network, smaller images or a smaller batch.';
    return { code: 'out-of-memory', message: 'There is not enough memory.', hint };
  }
  const { code: systemCode = '', path, dest } = error as { code?: string; path?: string; dest?: string };
  const known = systemErrors[systemCode];
  if (!known) return { code: 'internal', message: error.message, hint: '' };
  const [code, sentence] = known;
  const hint = code === 'disk-full' ? 'Free some space on that disk and try again.' : '';
  return { code, message: sentence(dest ?? path ?? 'the file'), hint };
}

/** The inverse of `reportError`, on the receiving side. */
export function errorFromReport(report: ErrorReport): ReceptiveError {
  return new ReceptiveError(report.code, report.message, report.hint);
}
