/** What a pressed key would mean as the key of a class. */
import { classKeys } from '../../../src-main/shared/labelling.ts';
import type { ClassInfo } from '../../../src-main/shared/labelling.ts';
import { text } from '../../messages/index.ts';
import { useOf } from './image-keys.ts';

export interface KeyVerdict {
  allowed: boolean;
  /** The class that would lose the key. */
  owner: ClassInfo | null;
  sentence: string;
}

/** `key` as `keyOf` writes it; `classes` are all of the project, `info` is the one that would get the key. */
export function judgeKey(key: string, info: ClassInfo, classes: readonly ClassInfo[]): KeyVerdict {
  const words = text.classes;
  const use = useOf(key);
  if (use !== null) return { allowed: false, owner: null, sentence: words.keyReserved(key, use) };
  if (!classKeys.includes(key)) {
    const shown = key.length === 1 ? key.toUpperCase() : key;
    return { allowed: false, owner: null, sentence: words.keyOther(shown) };
  }
  const owner = classes.find((other) => other.key === key && other.id !== info.id) ?? null;
  if (owner) return { allowed: true, owner, sentence: words.keyTaken(key, owner.name) };
  return { allowed: true, owner, sentence: info.key === key ? words.keyOwn(key) : words.keyFree(key) };
}
