/** Sends large answers through the file that the engine shares with this process (engine/images/parcels.ts). */
import { writeSync } from 'node:fs';

/** Below this the channel is as quick. */
const leastBytes = 2 ** 15;

/**
 * A message to the engine, its answer in `file` where it is large, and gone from memory then; as it is where that cannot be
 * written.
 */
export function pack(message: unknown, file: number | null): unknown {
  const { r: answer } = message as { r?: unknown };
  if (file === null || !(answer instanceof Uint8Array) || answer.length < leastBytes) return message;
  try {
    for (let at = 0; at < answer.length;) at += writeSync(file, answer, at, answer.length - at, at);
    const { length } = answer;
    // Freed at once: large answers would have the garbage collector run every few hundred images.
    if (answer.buffer instanceof ArrayBuffer) answer.buffer.transfer(0);
    return { ...(message as object), r: { parcel: length } };
  } catch {
    return message;
  }
}
