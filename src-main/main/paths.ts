/** Which files the page may see previews of: those a person dropped or chose, and what the engine found in them. */
import { ipcMain } from 'electron';
import path from 'node:path';
import { pathsChannel } from './channels.ts';
import { isFromOurPage } from './sender.ts';

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

/** The preload reports what was dropped; the page itself cannot send on this channel. */
export function setupPaths(): void {
  ipcMain.on(pathsChannel, (event, paths: unknown) => {
    if (!isFromOurPage(event) || !Array.isArray(paths)) return;
    grantPaths(paths.filter((given) => typeof given === 'string' && path.isAbsolute(given)));
  });
}
