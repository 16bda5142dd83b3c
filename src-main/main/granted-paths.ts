/** What of the disk the page may name: what a person dropped or chose, and what the engine found in it. */
import path from 'node:path';

const granted = new Set<string>();
const targets = new Set<string>();

/** Files and folders that may be read. */
export function grantPaths(paths: readonly string[]): void {
  for (const given of paths) granted.add(path.resolve(given));
}

/** A path that a person chose to write to: that one, and nothing below it. */
export function grantTarget(given: string): void {
  targets.add(path.resolve(given));
}

/** True for a granted path, and for whatever lies in a granted folder. */
export function isGranted(file: string): boolean {
  if (!path.isAbsolute(file)) return false;
  for (let current = path.resolve(file); ; current = path.dirname(current)) {
    if (granted.has(current)) return true;
    if (current === path.dirname(current)) return false;
  }
}

export function isTarget(file: string): boolean {
  return path.isAbsolute(file) && targets.has(path.resolve(file));
}
