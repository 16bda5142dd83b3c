/** Which files the page may see previews of: those a person dropped or chose, and what the engine found in them. */
import path from 'node:path';

const granted = new Set<string>();

export function grantPaths(paths: readonly string[]): void {
  for (const given of paths) granted.add(path.resolve(given));
}

/** True for a granted path, and for whatever lies in a granted folder. */
export function isGranted(file: string): boolean {
  if (!path.isAbsolute(file)) return false;
  for (let current = path.resolve(file); ; current = path.dirname(current)) {
    if (granted.has(current)) return true;
    if (current === path.dirname(current)) return false;
  }
}
