import { ipcMain } from 'electron';
import path from 'node:path';
import { pathsChannel } from './channels.ts';
import { grantPaths } from './granted-paths.ts';
import { isFromOurPage } from './sender.ts';

/** The preload reports what was dropped; the page itself cannot send on this channel. */
export function setupPaths(): void {
  ipcMain.on(pathsChannel, (event, paths: unknown) => {
    if (!isFromOurPage(event) || !Array.isArray(paths)) return;
    grantPaths(paths.filter((given) => typeof given === 'string' && path.isAbsolute(given)));
  });
}
