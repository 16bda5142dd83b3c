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

const systemCodes: Record<string, ErrorCode> = {
  ENOENT: 'not-found',
  EACCES: 'unreadable',
  EPERM: 'unreadable',
  EEXIST: 'exists',
  ENOSPC: 'disk-full',
  ENOMEM: 'out-of-memory',
};

/** Turns whatever was thrown into a report. Node's own file errors keep their meaning; the rest is `internal`. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof ReceptiveError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof Error) {
    const code = systemCodes[(error as { code?: string }).code ?? ''] ?? 'internal';
    const hint = code === 'disk-full' ? 'Free some space on that disk and try again.' : '';
    return { code, message: error.message, hint };
  }
  return { code: 'internal', message: String(error), hint: '' };
}

/** The inverse of `reportError`, on the receiving side. */
export function errorFromReport(report: ErrorReport): ReceptiveError {
  return new ReceptiveError(report.code, report.message, report.hint);
}
