/**
 * How a command speaks. With --json stdout carries one JSON object a line and nothing else; without it, readable text,
 * and on a terminal a progress bar with the time left.
 */
import { Console } from 'node:console';
import { setTimeout } from 'node:timers/promises';
import type { ErrorReport } from '../shared/errors.ts';
import { readable } from './readable.ts';

/** What a command may say while it runs; its result is what it returns. */
export interface Output {
  readonly json: boolean;
  /** One JSON line with --json; otherwise `text`, where given. */
  event(event: { event: string } & Record<string, unknown>, text?: string): void;
  /** Readable text only. A command that writes some has its result left out of the text. */
  text(line: string): void;
  /** Something that is not as it should be but does not stop the work: an event with --json, else a line on stderr. */
  warn(message: string): void;
  /**
   * Redraws the progress bar; nothing where there is no terminal. `label` says what is being done ("Epoch 2 of 5"); the
   * time left is worked out from the pace since the label came up, unless it is given.
   */
  progress(label: string, done: number, total: number, etaSeconds?: number | null): void;
  /**
   * Something to bring to an end when the user interrupts; awaited before the process leaves. What says with `waitText`
   * that it takes its time may take it, any other has five seconds.
   */
  onInterrupt(end: () => void | Promise<void>, waitText?: string): void;
}

const barWidth = 24;
const redrawEveryMs = 100;
/** How long a command may take to put things in order once it is interrupted. */
const graceMs = 5000;

export class CommandOutput implements Output {
  readonly json: boolean;
  readonly #ends: (() => void | Promise<void>)[] = [];
  #wroteText = false;
  /** Nothing follows the result or the error, whatever is still running. */
  #ended = false;
  #barShown = false;
  #drawnAt = 0;
  #pace = { label: '', startedAt: 0, doneAtStart: 0 };

  constructor(json: boolean) {
    this.json = json;
    // stdout is for results; what libraries print goes to stderr.
    globalThis.console = new Console(process.stderr, process.stderr);
  }

  event(event: { event: string } & Record<string, unknown>, text?: string): void {
    if (this.#ended) return;
    if (this.json) this.#line(event);
    else if (text !== undefined) this.#print(text);
  }

  text(line: string): void {
    if (this.json || this.#ended) return;
    this.#wroteText = true;
    this.#print(line);
  }

  warn(message: string): void {
    if (this.#ended) return;
    if (this.json) return this.#line({ event: 'warning', message });
    this.#clearBar();
    process.stderr.write(`Warning: ${message}\n`);
  }

  progress(label: string, done: number, total: number, etaSeconds?: number | null): void {
    if (this.json || this.#ended || !process.stderr.isTTY) return;
    const now = performance.now();
    if (label !== this.#pace.label) this.#pace = { label, startedAt: now, doneAtStart: done };
    else if (now - this.#drawnAt < redrawEveryMs && done < total) return;
    this.#drawnAt = now;
    this.#barShown = true;
    const text = progressText(label, done, total, etaSeconds ?? this.#eta(done, total, now));
    process.stderr.write(`\r\x1b[K${text}`);
  }

  onInterrupt(end: () => void | Promise<void>, waitText?: string): void {
    this.#ends.push(() => {
      if (waitText === undefined) return Promise.race([end(), setTimeout(graceMs)]);
      if (!this.json && !this.#ended) {
        this.#clearBar();
        process.stderr.write(`${waitText}\n`);
      }
      return end();
    });
  }

  async endOnInterrupt(): Promise<void> {
    await Promise.allSettled(this.#ends.map(async (end) => end()));
  }

  /** Help that was asked for; with --json it is the result. */
  help(text: string): void {
    if (this.json) this.#line({ event: 'done', help: text });
    else process.stdout.write(text);
  }

  done(fields: Record<string, unknown>): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.json) this.#line({ event: 'done', ...fields });
    else if (!this.#wroteText) this.#print(readable(fields));
    this.#clearBar();
  }

  error(error: ErrorReport): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.json) return this.#line({ event: 'error', ...error });
    this.#clearBar();
    process.stderr.write(`${error.message}\n${error.hint === '' ? '' : `${error.hint}\n`}`);
  }

  #eta(done: number, total: number, now: number): number | null {
    const made = done - this.#pace.doneAtStart;
    return made > 0 ? ((now - this.#pace.startedAt) / 1000 / made) * (total - done) : null;
  }

  #print(text: string): void {
    this.#clearBar();
    process.stdout.write(`${text}\n`);
  }

  #line(record: object): void {
    process.stdout.write(`${JSON.stringify(record)}\n`);
  }

  #clearBar(): void {
    if (this.#barShown) process.stderr.write('\r\x1b[K');
    this.#barShown = false;
  }
}

/** Reading images  [############............]  512 of 1,024, 12 s left */
export function progressText(label: string, done: number, total: number, etaSeconds: number | null): string {
  const filled = total > 0 ? Math.round(barWidth * Math.min(1, done / total)) : 0;
  const bar = '#'.repeat(filled) + '.'.repeat(barWidth - filled);
  const left = etaSeconds === null ? '' : `, ${durationText(etaSeconds)} left`;
  return `${label}  [${bar}]  ${done.toLocaleString('en')} of ${total.toLocaleString('en')}${left}`;
}

/** 12 -> "12 s"; 75 -> "1 min 15 s"; 7,380 -> "2 h 3 min" */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
