import { text } from '../../messages/index.ts';
import { formatCount } from '../../ui/numbers.ts';

const mostNames = 5;

/** Names for some of the columns of a picture with one for each recorded step, the first and the last among them. */
export function stepNames(steps: readonly number[]): { column: number; name: string }[] {
  const count = Math.min(mostNames, steps.length);
  const columns = Array.from({ length: count }, (_, at) =>
    Math.round((at * (steps.length - 1)) / Math.max(1, count - 1)),
  );
  return columns.map((column, at) => {
    const step = formatCount(steps[column]!);
    return { column, name: at === 0 ? text.batchNorm.stepAt(step) : step };
  });
}
