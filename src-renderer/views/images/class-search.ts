/** Finds classes by what was typed of their names. */
import type { ClassInfo } from '../../../src-main/shared/labelling.ts';

/** Without case and accents: "Café" is found by "cafe". */
const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Whether the letters of `typed` stand in `name` in this order, with or without others between them. */
function hasInOrder(name: string, typed: string): boolean {
  let at = 0;
  for (const letter of typed) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** 0 is the name itself, then its beginning, the beginning of a word, any place, scattered letters; null for no match. */
function rankOf(name: string, typed: string): number | null {
  if (name === typed) return 0;
  if (name.startsWith(typed)) return 1;
  const at = name.indexOf(typed);
  if (at >= 0) return name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(typed)) ? 2 : 3;
  return hasInOrder(name, typed.replaceAll(' ', '')) ? 4 : null;
}

/**
 * The classes that match, best first; among equals the shorter name, then the order of the list. All of them, in their
 * order, when nothing was typed.
 */
export function findClasses(classes: readonly ClassInfo[], typed: string): ClassInfo[] {
  const wanted = plain(typed.trim());
  if (wanted === '') return [...classes];
  return classes
    .flatMap((info) => {
      const rank = rankOf(plain(info.name), wanted);
      return rank === null ? [] : [{ info, rank }];
    })
    .sort((a, b) => a.rank - b.rank || a.info.name.length - b.info.name.length)
    .map(({ info }) => info);
}
