/** Starts the real app in a real window, with folders of its own, and drives it as a person would. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron } from 'playwright-core';
import type { ElectronApplication, Page } from 'playwright-core';
import type { RequestArguments } from '../../src-main/shared/bridge.ts';
import type { Reply, RequestName, Result } from '../../src-main/shared/protocol.ts';
import { launchArguments } from '../../scripts/electron.mjs';

export const root = path.resolve(import.meta.dirname, '../..');
const screenshots = path.join(root, 'test-results', 'screenshots');

export interface StartOptions {
  /** What RECEPTIVE_PROJECT takes: `demo:clothes`, a project's folder, a folder of class folders. */
  project?: string;
  /** Of the window, in pixels; null leaves it to the app. */
  size?: { width: number; height: number } | null;
  theme?: 'light' | 'dark';
  /** The folder of an app that was started before, so that this one finds its projects and its window's place. */
  home?: string;
  env?: Record<string, string>;
}

export interface RunningApp {
  app: ElectronApplication;
  page: Page;
  /** Holds this app's settings and projects. */
  home: string;
  /** Everything that the app has written to its terminal. */
  output(): string;
  /** What went wrong in the page so far: errors nobody caught, and what the console shows in red. */
  problems(): Promise<string[]>;
  /** Ends the app; its folder goes too unless it is to be kept for the next one. */
  close(options?: { keepHome?: boolean }): Promise<void>;
}

/** Those that are running now: when a test fails, what they wrote tells most. */
export const runningApps = new Set<RunningApp>();

export async function startApp(options: StartOptions = {}): Promise<RunningApp> {
  const { size = { width: 1440, height: 900 }, theme = 'light' } = options;
  const home = options.home ?? mkdtempSync(path.join(tmpdir(), 'receptive-e2e-'));
  const launch = launchArguments();
  const inherited = Object.entries(process.env).filter(([name]) => !/^(NODE_|VITEST|ELECTRON_|RECEPTIVE_)/.test(name));
  const app = await _electron.launch({
    executablePath: process.env['RECEPTIVE_TEST_ELECTRON'] ?? 'electron',
    // Without this Playwright switches the sandbox off itself.
    chromiumSandbox: launch.args.length === 0,
    args: [...launch.args, root, `--user-data-dir=${path.join(home, 'electron')}`],
    env: {
      ...(Object.fromEntries(inherited) as Record<string, string>),
      ...launch.env,
      XDG_DATA_HOME: path.join(home, 'data'),
      ...(options.project ? { RECEPTIVE_PROJECT: options.project } : {}),
      ...options.env,
    },
  });
  let output = '';
  for (const stream of [app.process().stdout, app.process().stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  try {
    const page = await app.firstWindow();
    page.setDefaultTimeout(60_000); // a busy machine is not a fault of the app's
    await page.waitForFunction(() => document.readyState === 'complete');
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    if (size) await resize(app, size);
    const running: RunningApp = {
      app,
      page,
      home,
      output: () => output,
      problems: () => problemsOf(page),
      async close({ keepHome = false } = {}) {
        runningApps.delete(running);
        await app.close();
        if (!keepHome) rmSync(home, { recursive: true, force: true });
      },
    };
    runningApps.add(running);
    app.once('close', () => runningApps.delete(running));
    return running;
  } catch (error) {
    await app.close();
    throw new Error(`The window did not open. The app wrote:\n${output}`, { cause: error });
  }
}

async function problemsOf(page: Page): Promise<string[]> {
  const errors = await page.pageErrors();
  const messages = await page.consoleMessages();
  const red = messages.filter((message) => message.type() === 'error');
  return [...errors.map((error) => error.stack ?? error.message), ...red.map((message) => message.text())];
}

export async function resize(app: ElectronApplication, { width, height }: { width: number; height: number }) {
  await app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setSize(...size), [
    width,
    height,
  ] as [number, number]);
}

/** Light or dark, for the page and for the native parts. */
export async function setTheme({ app, page }: RunningApp, theme: 'light' | 'dark'): Promise<void> {
  await app.evaluate(({ nativeTheme }, source) => void (nativeTheme.themeSource = source), theme);
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
}

/** Writes test-results/screenshots/<name>.png and returns its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  mkdirSync(screenshots, { recursive: true });
  const file = path.join(screenshots, `${name}.png`);
  await page.screenshot({ path: file });
  return file;
}

/** Drags files or folders of this disk onto a point of the page and lets go. */
export async function dropFiles(page: Page, files: string[], x: number, y: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x, y, data });
  }
  await session.detach();
}

/** What the engine has, not what the screen shows: asks for it as the page could, and throws what was refused. */
export async function ask<N extends RequestName>(
  page: Page,
  name: N,
  ...[params]: RequestArguments<N>
): Promise<Result<N>> {
  type Request = (name: RequestName, params: unknown) => Promise<Reply<Result<N>>>;
  const reply = await page.evaluate(([name, params]) => (window.receptive.request as Request)(name, params), [
    name,
    params,
  ] as [RequestName, unknown]);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value;
}

/** Ids of the processes that descend from `pid`, in no special order. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    const parent = /^PPid:\s+(\d+)$/m.exec(readProc(`${entry}/status`))?.[1];
    if (parent) parents.set(Number(entry), Number(parent));
  }
  const isBelow = (process: number): boolean => {
    const parent = parents.get(process);
    return parent !== undefined && (parent === pid || isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

/** The process below `pid` that runs a module of ours, for example `engine/main.ts`; undefined when there is none. */
export function processRunning(module: string, pid: number): number | undefined {
  return descendants(pid).find((process) => readProc(`${process}/cmdline`).includes(module));
}

/** Addresses beyond this computer that a process or one below it has a socket to. */
export function remoteAddresses(pid: number): string[] {
  const sockets = new Set([pid, ...descendants(pid)].flatMap(socketsOf));
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) =>
    readProc(`net/${kind}`)
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , remote, , , , , , , inode]) => inode && sockets.has(inode) && !isLocal(remote ?? ''))
      .map(([, , remote]) => `${kind} ${remote}`),
  );
}

function socketsOf(process: number): string[] {
  try {
    return readdirSync(`/proc/${process}/fd`).flatMap((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${process}/fd/${fd}`))?.[1];
      return inode ? [inode] : [];
    });
  } catch {
    // The process, or the file it had open, is gone by now.
    return [];
  }
}

/** The kernel writes addresses in hexadecimal, the bytes of each 32-bit word turned round: 0100007F is 127.0.0.1. */
function isLocal(remote: string): boolean {
  const address = remote.split(':')[0] ?? '';
  const loopback6 = '00000000000000000000000001000000';
  return /^0+$/.test(address) || address.endsWith('7F') || address === loopback6;
}

function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Runs the command that `typed` names in the palette, once it is the one that Enter would run. */
export async function runCommand(page: Page, typed: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.locator('.palette-input:focus').waitFor();
  await page.keyboard.type(typed);
  let chosen = page.locator('.palette-item[data-selected]');
  for (const word of typed.split(' ')) chosen = chosen.filter({ hasText: word });
  await chosen.waitFor();
  await page.keyboard.press('Enter');
}
