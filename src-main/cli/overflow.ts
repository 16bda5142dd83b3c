import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where decoded pixels go that take too much memory: in the user's cache folder, by the XDG base directory specification. */
export function overflowFolder(): string {
  const given = process.env['XDG_CACHE_HOME'];
  // The specification has relative values ignored.
  return join(given && isAbsolute(given) ? given : join(homedir(), '.cache'), 'receptive', 'pixels');
}
