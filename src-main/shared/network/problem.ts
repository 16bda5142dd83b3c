/** What is wrong with a layer or a network, in a form that both an error and the editor can show. */
import { ReceptiveError } from '../errors.ts';
import type { Pair, Shape } from './spec.ts';

export interface Problem {
  /** Names the layer, the rule and the values: "conv3: 7x7 kernel does not fit its 5x5 input". */
  message: string;
  /** The remedy, one sentence: "Use 'same' padding or remove pool2." */
  hint: string;
  /** The field that is wrong, where it is one field: "filters". */
  field?: string;
}

export function errorOf(problem: Problem): ReceptiveError {
  return new ReceptiveError('invalid-network', problem.message, problem.hint);
}

/** [7, 5] -> "7x5" */
export function pairText(pair: Pair): string {
  return `${pair[0]}x${pair[1]}`;
}

/** [32, 32, 16] -> "32x32x16"; [120] -> "120 units" */
export function shapeText(shape: Shape): string {
  return shape.length === 1 ? `${shape[0]} ${shape[0] === 1 ? 'unit' : 'units'}` : shape.join('x');
}

/** ["a", "b", "c"] -> "a, b and c" */
export function listText(items: readonly string[], last = 'and'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

/**
 * The candidate that was probably meant, or undefined when none is near: "stride" -> "strides".
 * Near means the same but for case, or an edit distance of at most half the word, and 3.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, Math.floor(word.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.slice(0, 64).toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** `; did you mean "strides"?`, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const meant = closest(word, candidates);
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}

/** Levenshtein's distance: single letters inserted, removed or replaced. "stride", "strides" -> 1 */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
