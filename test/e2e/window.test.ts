import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchArguments } from '../../scripts/electron.mjs';
import { remoteAddresses, root, screenshot, setTheme, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

let running: RunningApp;
const requested: string[] = [];

beforeAll(async () => {
  running = await startApp();
  running.page.on('request', (request) => requested.push(request.url()));
  await running.page.reload();
});
afterAll(() => running.close());

test('one window opens at 1440 x 900 and shows the app', async () => {
  const { app, page } = running;
  const window = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((each) => ({ bounds: each.getBounds(), visible: each.isVisible() })),
  );
  expect(window).toEqual([{ bounds: expect.objectContaining({ width: 1440, height: 900 }), visible: true }]);
  expect(page.url()).toBe('app://receptive/index.html');
  expect(await page.title()).toContain('Receptive');
  await page.getByRole('button', { name: 'Open a folder of images…' }).waitFor();
  await screenshot(page, 'start-light');
  await setTheme(running, 'dark');
  await screenshot(page, 'start-dark');
  await setTheme(running, 'light');
});

test('nothing goes wrong in the page', async () => {
  expect(await running.problems()).toEqual([]);
});

test('the engine answers', async () => {
  const { page } = running;
  const doctor = await page.evaluate(() => window.receptive.request('engine.doctor'));
  expect(doctor).toMatchObject({ ok: true, value: { node: expect.stringMatching(/^24\./) } });
  const info = await page.evaluate(() => window.receptive.request('app.info'));
  expect(info).toMatchObject({ ok: true, value: { version: '0.1.0', engine: { state: 'ready' } } });
});

test('the window says when Chromium’s sandbox is off, and only then', async () => {
  const { app, page } = running;
  const off = await app.evaluate(({ app }) => app.commandLine.hasSwitch('no-sandbox'));
  const info = await page.evaluate(() => window.receptive.request('app.info'));
  if (!info.ok) throw new Error(info.error.message);
  if (off) expect(info.value.sandboxOff).toMatch(/root|namespaces/);
  else expect(info.value.sandboxOff).toBeNull();
});

test('nothing but the app’s own files is asked for, and no process connects to another computer', () => {
  expect(requested.length).toBeGreaterThan(1);
  expect(requested.filter((url) => !url.startsWith('app://'))).toEqual([]);
  expect(remoteAddresses(running.app.process().pid ?? 0)).toEqual([]);
});

test('a second start ends at once and leaves the work to the first', async () => {
  const { app, home } = running;
  const noticed = app.evaluate(
    ({ app }) => new Promise<void>((resolve) => app.once('second-instance', () => resolve())),
  );
  const { args, env } = launchArguments();
  const second = spawn(
    process.env['RECEPTIVE_TEST_ELECTRON'] ?? '',
    [...args, root, `--user-data-dir=${path.join(home, 'electron')}`],
    { env: { ...process.env, ...env, XDG_DATA_HOME: path.join(home, 'data') }, stdio: 'ignore' },
  );
  const [code] = (await once(second, 'exit')) as [number];
  expect(code).toBe(0);
  await noticed;
  expect(app.windows()).toHaveLength(1);
});

test('the window comes back where it was left', async () => {
  const first = await startApp();
  await first.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 60, y: 40, width: 1200, height: 800 }),
  );
  // Closed as by its button; killing the app would be no leaving.
  await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await first.close({ keepHome: true });
  const second = await startApp({ home: first.home, size: null });
  const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
  await second.close();
  expect(bounds).toEqual({ x: 60, y: 40, width: 1200, height: 800 });
});

test('a project that is asked for is there at the start, with its images', async () => {
  const demo = await startApp({ project: 'demo:clothes', size: { width: 1024, height: 700 } });
  onTestFinished(() => demo.close());
  const { page } = demo;
  const width = () =>
    page.evaluate(() => document.querySelector<HTMLImageElement>('img[src^="app://image/"]')?.naturalWidth ?? 0);
  await expect.poll(width, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(await page.locator('body').innerText()).toContain('clothes');
  await screenshot(page, 'images-1024x700');
  expect(await demo.problems()).toEqual([]);
});
