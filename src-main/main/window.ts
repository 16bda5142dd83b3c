/** The one window: it comes back where it was left, in the colours of the system. */
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import type { Rectangle } from 'electron';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { pageUrl } from './origin.ts';

const defaultSize = { width: 1440, height: 900 };
const smallest = { minWidth: 1024, minHeight: 700 };
/** Shown before the page paints, so that a dark desktop gets no white flash. */
const background = { light: '#e8e8ea', dark: '#141415' };

const placeSchema = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }),
  maximized: z.boolean(),
});
type Place = z.infer<typeof placeSchema>;

export function setupWindow(): void {
  let window = openWindow();
  app.on('second-instance', () => {
    // Closed already: this app is on its way out.
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) window = openWindow();
  });
  app.on('window-all-closed', () => app.quit());
}

function openWindow(): BrowserWindow {
  const place = readPlace();
  const window = new BrowserWindow({
    ...(place?.bounds ?? defaultSize),
    ...smallest,
    title: 'Receptive',
    show: false,
    autoHideMenuBar: true,
    icon: path.join(app.getAppPath(), 'resources', 'icon.png'),
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload: path.join(app.getAppPath(), 'out', 'preload', 'index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      // Its dictionaries come from the network.
      spellcheck: false,
    },
  });
  if (place?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => writePlace(window));
  void window.loadURL(pageUrl);
  return window;
}

function placeFile(): string {
  return path.join(app.getPath('userData'), 'window.json');
}

/** Where the window was, if a screen still shows that place. */
function readPlace(): Place | null {
  try {
    const place = placeSchema.parse(JSON.parse(fs.readFileSync(placeFile(), 'utf8')));
    return isVisible(place.bounds) ? place : null;
  } catch {
    return null;
  }
}

function isVisible(bounds: Rectangle): boolean {
  const { workArea } = screen.getDisplayMatching(bounds);
  const right = Math.min(bounds.x + bounds.width, workArea.x + workArea.width);
  const bottom = Math.min(bounds.y + bounds.height, workArea.y + workArea.height);
  return right - Math.max(bounds.x, workArea.x) > 200 && bottom - Math.max(bounds.y, workArea.y) > 200;
}

function writePlace(window: BrowserWindow): void {
  const place: Place = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
  try {
    fs.mkdirSync(path.dirname(placeFile()), { recursive: true });
    fs.writeFileSync(placeFile(), JSON.stringify(place));
  } catch (error) {
    // A full disk must not keep the window from closing.
    console.error('The window’s place could not be saved:', error);
  }
}
