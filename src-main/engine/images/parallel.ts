/** Like `Promise.all(items.map(work))`, with at most `width` at a time. A failure stops the rest, and is told when nothing goes on any more. */
export async function mapInParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  const lanes = Array.from({ length: Math.min(width, items.length) }, lane);
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
  return results;
}
