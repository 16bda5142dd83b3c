/** What set-up says, always on stderr: stdout belongs to the command that is being set up for. */
const live = process.stderr.isTTY === true;

export class SetupError extends Error {
  /** @param {string} message what is wrong @param {string} [hint] what to type or do */
  constructor(message, hint = '') {
    super(message);
    this.name = 'SetupError';
    this.hint = hint;
  }
}

export function log(text) {
  process.stderr.write(`${text}\n`);
}

export function megabytes(bytes) {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

/**
 * A progress line: rewritten in place on a terminal, otherwise one line for each fifth of the way.
 * `total` may be 0 when it is not known; then only the amount is shown.
 */
export function progress(label) {
  let lastFifth = 0;
  let lastShown = 0;
  return {
    update(done, total) {
      const now = Date.now();
      if (live) {
        if (now - lastShown < 100) return;
        lastShown = now;
        const amount = total ? `${megabytes(Math.min(done, total))} of ${megabytes(total)}` : megabytes(done);
        process.stderr.write(`\r\x1b[2K  ${label}: ${amount}`);
        return;
      }
      const fifth = total ? Math.floor((5 * Math.min(done, total)) / total) : lastFifth;
      const due = total ? fifth > lastFifth : now - lastShown > 10_000 && done > 0;
      if (!due) return;
      lastFifth = fifth;
      lastShown = now;
      log(`  ${label}: ${megabytes(total ? Math.min(done, total) : done)}${total ? ` of ${megabytes(total)}` : ''}`);
    },
    end() {
      if (live) process.stderr.write('\r\x1b[2K');
    },
  };
}
