/** The inside of a process of the engine's own; process.ts is the other side. */
import { createBirpc } from 'birpc';
import { reportError } from '../../shared/errors.ts';
import type { Functions, HelperSide, OwnerSide } from './protocol.ts';

/**
 * Answers the engine's calls, and gives what tells it of the work meanwhile. Without its engine the process ends, unless
 * `mayEnd` says that it is to end by itself in a moment.
 */
export function serveHelper<F extends Functions<F>, Told = never>(functions: F, mayEnd = () => true) {
  process.on('disconnect', () => {
    if (mayEnd()) process.exit(0);
  });
  // Ctrl+C in a terminal reaches the whole process group; when to end is the engine's to say.
  process.on('SIGINT', () => undefined);

  const call: HelperSide['call'] = async (name, given) => {
    try {
      const work: (given: never) => unknown = functions[name as keyof F];
      return { ok: true, value: await work(given as never) };
    } catch (error) {
      return { ok: false, error: reportError(error) };
    }
  };
  const rpc = createBirpc<OwnerSide<Told>, HelperSide>(
    { call },
    {
      post: (message) => process.send?.(message, () => undefined),
      on: (listener) => void process.on('message', listener),
      timeout: -1,
    },
  );
  return (told: Told): void => void rpc.$callEvent('told', told);
}
