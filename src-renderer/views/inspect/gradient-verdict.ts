/** Whether a gradient is the same by back-propagation and as a convolution, in words. */
import type { BothWays, ConvolutionGradients } from '../../../src-main/shared/inspect/convolution-gradients.ts';
import { text } from '../../messages/index.ts';
import { formatCount, formatValue } from '../../ui/numbers.ts';

const words = text.explain.gradients;
/** Relative difference from which on they differ. */
const most = 1e-4;
/** Products in one sum from which on the rounding of float32 shows. */
const many = 1e5;

/** `products`: how many are added up for one number of the gradient. */
export function gradientVerdict(
  { difference }: Pick<BothWays, 'difference'>,
  { checked, channels, filters }: Pick<ConvolutionGradients, 'checked' | 'channels' | 'filters'>,
  products: number,
): string {
  if (Number.isNaN(difference)) return words.undefined_;
  const counts = [checked, channels, filters].map(formatCount) as [string, string, string];
  const measured = words.difference(formatValue(difference), ...counts);
  if (difference < most) return `${measured} ${words.agrees}`;
  return [measured, words.differs, ...(products < many ? [] : [words.rounded(formatCount(products))])].join(' ');
}
