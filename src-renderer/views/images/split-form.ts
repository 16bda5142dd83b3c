/** What was typed into the split dialog, checked. Shares are typed in percent. */
import { text } from '../../messages/index.ts';

export interface SplitForm {
  validationPercent: number | null;
  testPercent: number | null;
  seed: number | null;
}

export interface SplitProblems {
  validation: string | null;
  test: string | null;
  seed: string | null;
}

export const greatestPercent = 90;
export const greatestSeed = 2 ** 31 - 1;
/** What validation and test must leave for training. */
const leastTrainingPercent = 5;

const isShare = (percent: number | null): percent is number =>
  percent !== null && Number.isFinite(percent) && percent >= 0 && percent <= greatestPercent;

/** Every field's problem, null where there is none. */
export function splitProblems(form: SplitForm): SplitProblems {
  const { validationPercent, testPercent, seed } = form;
  const words = text.images;
  const validation = isShare(validationPercent) ? null : words.shareRange;
  let test = isShare(testPercent) ? null : words.shareRange;
  if (!validation && !test && (validationPercent ?? 0) + (testPercent ?? 0) > 100 - leastTrainingPercent)
    test = words.sharesTooBig;
  const isSeed = seed !== null && Number.isInteger(seed) && seed >= 0 && seed <= greatestSeed;
  return { validation, test, seed: isSeed ? null : words.seedRange };
}
