/** How an import is told in a sentence or two. */
import type { SeveralLabels } from '../../shared/labelling.ts';
import type { BroughtIn } from './bring-in.ts';

const number = (count: number): string => count.toLocaleString('en');
const images = (count: number): string => (count === 1 ? '1 image' : `${number(count)} images`);

const kept: Record<SeveralLabels, string> = {
  first: 'of which the first was kept',
  leaveOut: 'of which none was taken',
};

/** "3 images brought in; 2 images in the project already." */
export function summaryOf(
  { added, rejected, relabelled, known, notFound, severalLabels }: BroughtIn,
  choice: SeveralLabels,
): string {
  const unchanged = known - relabelled;
  const parts: string[] = [];
  if (added > 0) parts.push(`${images(added)} brought in`);
  if (rejected > 0) parts.push(`${number(rejected)} of them cannot be used`);
  if (relabelled > 0) parts.push(`${images(relabelled)} labelled anew, which Undo takes back`);
  if (unchanged > 0) parts.push(`${images(unchanged)} in the project already`);
  if (severalLabels > 0) parts.push(`${images(severalLabels)} with several labels, ${kept[choice]}`);
  if (notFound.length > 0) parts.push(`${images(notFound.length)} not found`);
  return `${parts.join('; ')}.`;
}
