/** Sends large answers through the file that the engine shares with this process (engine/images/parcels.ts). */
import { writeSync } from 'node:fs';

/** Below this the channel is as quick, above it there is no room. */
const leastBytes = 2 ** 15;
const room = 2 ** 28;

/**
 * Makes of a message to the engine the one that is sent: its answer in `file` where it is large, and gone from memory then;
 * as it is where that cannot be written. Two answers have room there, for the engine asks for an image before it has read
 * the answer before.
 */
export function packer(file: number | null): (message: unknown) => unknown {
  let at = 0;
  return (message) => {
    const { r: answer } = message as { r?: unknown };
    if (file === null || !(answer instanceof Uint8Array)) return message;
    const { length } = answer;
    if (length < leastBytes || length > room) return message;
    try {
      for (let done = 0; done < length;) done += writeSync(file, answer, done, length - done, at + done);
    } catch {
      return message;
    }
    // Freed at once: large answers would have the garbage collector run every few hundred images.
    if (answer.buffer instanceof ArrayBuffer) answer.buffer.transfer(0);
    const packed = { ...(message as object), r: { parcel: length, at } };
    at = room - at;
    return packed;
  };
}
