import { dirname } from 'node:path';

const { compare } = new Intl.Collator('en', { numeric: true });

/**
 * Files by their folders, these in the order that people count in, "class 2" before "class 10": classes get their keys in
 * the order in which they come. The files of a folder keep their order.
 */
export function inNaturalOrder<T extends { path: string }>(files: readonly T[]): T[] {
  const folders = Map.groupBy(files, ({ path }) => dirname(path));
  return [...folders.keys()].sort(compare).flatMap((folder) => folders.get(folder)!);
}
