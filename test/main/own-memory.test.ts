import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { withOwnMemory } from '../../src-main/main/own-memory.ts';

/** As a message comes over the channel. */
const received = <T>(message: T): T => deserialize(serialize(message)) as T;

test('arrays of a message come to lie in memory of their own, whatever they are in, with the same numbers', () => {
  const message = {
    ok: true,
    value: {
      bytes: Uint8Array.of(1, 2, 3),
      words: Uint16Array.of(4, 500),
      numbers: Float32Array.of(1.5, -2, 3),
      buffer: Buffer.from([7, 8]),
      list: [{ name: 'a', inner: Int32Array.of(-9) }, null],
      plain: [1, 2, 3],
      none: null,
      text: 'b',
    },
  };
  const reply = received(message);
  const arrays = () => {
    const { bytes, words, numbers, buffer, list } = reply.value;
    return [bytes, words, numbers, buffer, list[0]!.inner];
  };
  // Else nothing would be shown here.
  expect(arrays().some((array) => array.buffer.byteLength > array.byteLength)).toBe(true);
  expect(withOwnMemory(reply)).toBe(reply);
  for (const array of arrays()) expect(array.buffer.byteLength).toBe(array.byteLength);
  expect(reply).toEqual({ ...message, value: { ...message.value, buffer: Uint8Array.of(7, 8) } });
});

test('what has its own memory already stays the same array', () => {
  const alone = Float64Array.of(1, 2);
  expect(withOwnMemory({ alone }).alone).toBe(alone);
});
