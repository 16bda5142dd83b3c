/**
 * The decoder process: image codecs and nothing else. The engine starts it (engine/images/decoder-process.ts) and ends
 * it; should the engine die, the closed channel ends it as well.
 */
import { createBirpc } from 'birpc';
import type { DecoderEvents, DecoderFunctions } from '../shared/decoder.ts';
import { decoder } from './decode.ts';
import { measure } from './measure.ts';
import { pack } from './parcels.ts';

/** The number of the file for large answers, which the engine opened; none where it could not. */
const file = process.argv[2] === undefined ? null : Number(process.argv[2]);

process.on('disconnect', () => process.exit(0));
// Ctrl+C in a terminal reaches the whole process group; when to end is the engine's to say.
process.on('SIGINT', () => undefined);

const engine = createBirpc<DecoderEvents, DecoderFunctions>(
  { ...decoder, measure },
  {
    post: (message) => process.send?.(pack(message, file)),
    on: (listener) => {
      process.on('message', listener);
    },
    timeout: -1,
  },
);
void engine.ready.asEvent();
