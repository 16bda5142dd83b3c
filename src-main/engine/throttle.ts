/** Least time between two times that the progress of one piece of work is told, in ms. */
const interval = 100;

/** Says whether it is time to tell the screen again: ten times a second at most, and always at the last one. */
export function createThrottle(): (done: number, total: number) => boolean {
  let told = -Infinity;
  return (done, total) => {
    const now = performance.now();
    if (now - told < interval && done < total) return false;
    told = now;
    return true;
  };
}
