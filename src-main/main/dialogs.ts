/** The requests that main answers itself: the system's dialogs, and what it knows of itself and the engine. */
import { app, BrowserWindow, dialog, shell } from 'electron';
import type { MessageBoxOptions, OpenDialogOptions, SaveDialogOptions } from 'electron';
import fs from 'node:fs';
import path from 'node:path';
import type { MainHandlers } from '../shared/protocol.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import { messages } from './messages.ts';
import { grantPaths, grantTarget } from './granted-paths.ts';

export function createMainHandlers(engine: EngineSupervisor): MainHandlers {
  return {
    'app.info': () => ({ version: app.getVersion(), sandboxOff: sandboxOff(), engine: engine.state }),
    'app.showInFolder': ({ path }) => shell.showItemInFolder(path),
    'dialog.openFolder': () => choose({ title: messages.chooseFolder, properties: ['openDirectory'] }),
    'dialog.openFile': ({ title, extensions }) =>
      choose({ title, properties: ['openFile'], filters: [{ name: title, extensions }] }),
    'dialog.save': ({ title, name }) => chooseNew({ title, defaultPath: path.join(app.getPath('documents'), name) }),
  };
}

/** Why Chromium's sandbox is off; null when it is on. The launcher knows the reason. */
function sandboxOff(): string | null {
  if (!app.commandLine.hasSwitch('no-sandbox')) return null;
  return process.env['RECEPTIVE_SANDBOX_OFF'] || messages.sandboxOff;
}

async function choose(options: OpenDialogOptions): Promise<string | null> {
  const owner = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  const { canceled, filePaths } = await (owner
    ? dialog.showOpenDialog(owner, options)
    : dialog.showOpenDialog(options));
  const [chosen] = filePaths;
  if (canceled || !chosen) return null;
  grantPaths([chosen]);
  return chosen;
}

/** Asks again until the path is free or the person gives up: nothing that exists is ever overwritten. */
async function chooseNew(options: SaveDialogOptions): Promise<string | null> {
  const owner = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  for (;;) {
    const { canceled, filePath } = await (owner
      ? dialog.showSaveDialog(owner, options)
      : dialog.showSaveDialog(options));
    if (canceled || !filePath) return null;
    if (!fs.existsSync(filePath)) {
      grantTarget(filePath);
      return filePath;
    }
    const box: MessageBoxOptions = { type: 'info', message: messages.exists(filePath), detail: messages.existsHint };
    await (owner ? dialog.showMessageBox(owner, box) : dialog.showMessageBox(box));
  }
}
