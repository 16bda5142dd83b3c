/** The processor time of this process, in microseconds, that `work` takes. */
const cost = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

/**
 * How many times the processor time of `small` is needed for `large`: the least of five each, in turns, so that a busy
 * machine does not decide. Work that grows with the square of its size shows at once: ten times as much takes a hundred times as long.
 */
export function growth(small: () => void, large: () => void): number {
  const least = [Infinity, Infinity] as [number, number];
  for (let round = 0; round < 5; round++) {
    least[0] = Math.min(least[0], cost(small));
    least[1] = Math.min(least[1], cost(large));
  }
  return least[1] / Math.max(1, least[0]);
}
