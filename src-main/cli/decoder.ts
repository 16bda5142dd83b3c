import { DecoderClient } from '../engine/images/decoder-client.ts';

/** Lends a decoder to `work` and ends its processes afterwards, however it went. */
export async function withDecoder<T>(work: (decoder: DecoderClient) => Promise<T>): Promise<T> {
  const decoder = new DecoderClient();
  try {
    return await work(decoder);
  } finally {
    await decoder.close();
  }
}
