/**
 * The decoder process: image codecs and nothing else. The engine starts it (engine/images/decoder-process.ts) and ends
 * it; should the engine die, the closed channel ends it as well.
 */
import { createBirpc } from 'birpc';
import type { DecoderEvents, DecoderFunctions } from '../shared/decoder.ts';
import { decoder } from './decode.ts';
import { measure } from './measure.ts';
import { packer } from './parcels.ts';

/** The number of the file for large answers, which the engine opened; none where it could not. */
const file = process.argv[2] === undefined ? null : Number(process.argv[2]);

process.on('disconnect', () => process.exit(0));
// Ctrl+C in a terminal reaches the whole process group; when to end is the engine's to say.
process.on('SIGINT', () => undefined);

const pack = packer(file);
/** Calls that are not answered yet. The next one comes before the last is answered, and is begun when that is sent. */
const calls: (() => void)[] = [];
const engine = createBirpc<DecoderEvents, DecoderFunctions>(
  { ...decoder, measure },
  {
    post: (message: { t: string }) => {
      process.send?.(pack(message));
      if (message.t !== 's') return;
      calls.shift();
      calls[0]?.();
    },
    on: (listener) => {
      process.on('message', (message) => {
        if (calls.push(() => listener(message)) === 1) listener(message);
      });
    },
    timeout: -1,
  },
);
void engine.ready.asEvent();
