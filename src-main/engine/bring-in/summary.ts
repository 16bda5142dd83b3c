/** How an import is told in a sentence or two. */
import type { BroughtIn } from './bring-in.ts';

const number = (count: number): string => count.toLocaleString('en');
const images = (count: number): string => (count === 1 ? '1 image' : `${number(count)} images`);

/** "3 images brought in; 2 in the project already." */
export function summaryOf(result: BroughtIn): string {
  const { added, rejected, relabelled, known, unplaced, severalLabels } = result;
  const parts = [`${images(added)} brought in`];
  if (rejected > 0) parts.push(`${number(rejected)} of them cannot be used: “List rejected images” says why`);
  if (known > 0) parts.push(`${images(known)} in the project already`);
  if (relabelled > 0) parts.push(`${images(relabelled)} of these relabelled, which Undo takes back`);
  if (severalLabels > 0) parts.push(`${images(severalLabels)} with several labels`);
  if (unplaced.length > 0) parts.push(`${images(unplaced.length)} of the file not found`);
  return `${parts.join('; ')}.`;
}
