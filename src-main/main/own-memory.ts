/**
 * Gives every array of a reply its own memory. As they come from the engine, they lie in the memory of the whole message,
 * and the way to the page copies each with all that it lies in: the columns of 100,000 images five times over.
 */
export function withOwnMemory<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return (isPart(value) ? copied(value) : value) as T;
  // A list of numbers or words holds no arrays, and may be long.
  if (typeof value !== 'object' || value === null || (Array.isArray(value) && typeof value[0] !== 'object'))
    return value;
  const holder = value as Record<string, unknown>;
  for (const name of Object.keys(holder)) holder[name] = withOwnMemory(holder[name]);
  return value;
}

const isPart = (view: ArrayBufferView): boolean => view.byteLength < view.buffer.byteLength;

function copied(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view;
  const own = buffer.slice(byteOffset, byteOffset + byteLength);
  // The page gets Node's buffers as bytes, too.
  if (view instanceof Uint8Array) return new Uint8Array(own);
  return new (view.constructor as new (buffer: ArrayBufferLike) => ArrayBufferView)(own);
}
