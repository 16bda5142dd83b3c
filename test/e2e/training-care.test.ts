/** A training in the real app keeps the machine awake, asks before the window is closed, tells its end, and is resumed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, processRunning, resize, screenshot, setTheme, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';
import { expectWithin } from '../clock.ts';

let running: RunningApp;
const page = () => running.page;
const body = () => page().locator('body').innerText();
const runs = () => ask(page(), 'runs.list');

/** What main asked of the system, which cannot be looked at from here. */
interface Heard {
  awake: boolean;
  told: string[];
  asked: string[];
}
type Main = typeof globalThis & { heard: Heard; answer: number };

/** The system's own parts are listened to, and its dialog answered: by 0, to keep training, until told otherwise. */
const listen = () =>
  running.app.evaluate(({ BrowserWindow, dialog, Notification, powerSaveBlocker }) => {
    const main = globalThis as Main;
    const heard: Heard = { awake: false, told: [], asked: [] };
    Object.assign(main, { heard, answer: 0 });
    const { start, stop } = powerSaveBlocker;
    powerSaveBlocker.start = (type) => {
      heard.awake = true;
      return start.call(powerSaveBlocker, type);
    };
    powerSaveBlocker.stop = (id) => {
      heard.awake = false;
      return stop.call(powerSaveBlocker, id);
    };
    Notification.prototype.show = function (this: Electron.Notification) {
      heard.told.push(`${this.title}: ${this.body}`);
    };
    dialog.showMessageBox = ((_window: unknown, { message }: { message: string }) => {
      heard.asked.push(message);
      return Promise.resolve({ response: main.answer, checkboxChecked: false });
    }) as unknown as typeof dialog.showMessageBox;
    BrowserWindow.getFocusedWindow = () => null;
  });
const heard = () => running.app.evaluate(() => (globalThis as Main).heard);
const closeWindow = () => running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());

beforeAll(async () => {
  running = await startApp({ project: 'demo:clothes' });
  await listen();
});
afterAll(() => running.close());

test('while it trains the computer is kept awake, and closing the window asks', async () => {
  await expect.poll(body, { timeout: 60_000 }).toContain('2,000 images brought in');
  await page().getByRole('button', { name: 'Train', exact: true }).click();
  await page().getByLabel('Epochs', { exact: true }).fill('1000');
  expect((await heard()).awake).toBe(false);
  await page().getByRole('button', { name: 'Start training' }).click();
  // From the first moment on, while its images are still read.
  await page().getByRole('button', { name: 'Stop', exact: true }).waitFor();
  await closeWindow();
  await expect.poll(async () => (await heard()).asked).toEqual(['A training is going on']);
  expect((await heard()).awake).toBe(true);

  await expect.poll(async () => (await runs())[0]?.epochs ?? 0, { timeout: 60_000 }).toBeGreaterThan(0);
  await page().getByRole('button', { name: 'Pause', exact: true }).click();
  await expect.poll(async () => (await heard()).awake).toBe(false);
  await page().getByRole('button', { name: 'Continue', exact: true }).click();
  await expect.poll(async () => (await heard()).awake).toBe(true);
});

test('stopped within a second, its end is told, and it is resumed where it was', async () => {
  const asked = performance.now();
  await page().getByRole('button', { name: 'Stop', exact: true }).click();
  await page().getByRole('button', { name: 'Resume training' }).waitFor();
  expectWithin(2_000, asked); // the click and the drawing come on top of the second
  await expect
    .poll(async () => (await heard()).told)
    .toEqual([expect.stringMatching(/^Training was stopped: The run “/)]);
  expect((await heard()).awake).toBe(false);
  for (const [width, height] of [
    [1440, 900],
    [1024, 700],
  ] as const) {
    await resize(running.app, { width, height });
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(running, theme);
      await page().waitForTimeout(150);
      await screenshot(page(), `train-resume-${width}x${height}-${theme}`);
    }
  }

  const [before] = await runs();
  await page().getByRole('button', { name: 'Resume training' }).click();
  await expect.poll(async () => (await runs())[0]?.epochs, { timeout: 60_000 }).toBeGreaterThan(before!.epochs);
  expect(await runs()).toMatchObject([{ id: before!.id, end: null }]);
  await expect.poll(body).toContain(`Resumed after epoch ${before!.epochs}`);
});

test.each([
  ['the engine', 'src-main/engine/main.ts'],
  ['the process that trains', 'training-main.ts'],
])('%s is killed: the run goes on by itself', async (_, module) => {
  const [before] = await runs();
  // The epoch is in the run's files before anybody is told of it.
  await expect.poll(body).toContain(`Epoch ${before!.epochs + 1}: loss`);
  const losses = async () => (await body()).split('Training was interrupted.').length;
  const told = await losses();
  process.kill(processRunning(module, running.app.process().pid ?? 0)!, 'SIGKILL');
  await expect.poll(losses).toBeGreaterThan(told);
  const now = async () => (await runs().catch(() => []))[0];
  await expect.poll(now, { timeout: 60_000 }).toMatchObject({ id: before!.id, end: null });
  const { epochs } = (await now())!;
  await expect.poll(async () => (await now())!.epochs, { timeout: 60_000 }).toBeGreaterThan(epochs);
  await page().getByRole('button', { name: 'Stop', exact: true }).waitFor();
  expect((await heard()).awake).toBe(true);
});

test('a step that takes as long as it likes is said to be the last one', async () => {
  const progress = page().getByRole('region', { name: 'Run in progress' });
  const trainer = processRunning('training-main.ts', running.app.process().pid ?? 0)!;
  process.kill(trainer, 'SIGSTOP');
  try {
    await progress.getByRole('button', { name: 'Stop training' }).click();
    await progress.getByText('Stopping after this step').waitFor();
    await page().getByRole('button', { name: 'Stopping…' }).waitFor();
    for (const [width, height] of [
      [1440, 900],
      [1024, 700],
    ] as const) {
      await resize(running.app, { width, height });
      await page().waitForTimeout(150);
      await screenshot(page(), `train-stopping-${width}x${height}`);
    }
  } finally {
    process.kill(trainer, 'SIGCONT');
  }
  await page().getByRole('button', { name: 'Resume training' }).click();
  await page().getByRole('button', { name: 'Stop', exact: true }).waitFor();
});

test('a run waits for it, and an image is watched: both outlast a reload of the page', async () => {
  await page().getByRole('button', { name: 'Add to the queue' }).click();
  const waiting = page().getByRole('region', { name: 'Waiting' });
  await waiting.getByText('1000 epochs').waitFor();
  await page().getByRole('button', { name: 'Watch another…' }).click();
  await page().getByRole('button', { name: 'Watch image 3', exact: true }).click();
  const watched = page().getByRole('img', { name: 'The image that is looked at while a run trains' });
  await watched.waitFor();
  await page().reload();
  await page().getByRole('button', { name: 'Train', exact: true }).click();
  await waiting.getByText('1000 epochs').waitFor();
  await watched.waitFor();
  expect((await ask(page(), 'project.current'))!.watchedImage).toBeGreaterThan(0);
  await page().getByRole('button', { name: 'Stop', exact: true }).waitFor();
});

test('closed all the same, it is saved, and can be resumed when the app is opened again', async () => {
  const [before] = await runs();
  await running.app.evaluate(() => void ((globalThis as Main).answer = 1));
  const gone = new Promise((resolve) => running.app.process().once('exit', resolve));
  await closeWindow();
  await gone;
  running = await startApp({ project: 'demo:clothes', home: running.home });
  await ask(page(), 'engine.doctor');
  const [after] = await runs();
  expect(after).toMatchObject({ id: before!.id, end: 'stopped' });
  expect(after!.epochs).toBeGreaterThanOrEqual(before!.epochs);
  await page().getByRole('button', { name: 'Train', exact: true }).click();
  await page().getByRole('button', { name: 'Resume training' }).waitFor();
});

test('what waited when it was closed begins on demand; two runs are set side by side', async () => {
  expect(await runs()).toHaveLength(1);
  await page().getByRole('button', { name: 'Start what waits' }).click();
  await expect.poll(async () => (await runs()).length, { timeout: 60_000 }).toBe(2);
  expect(await ask(page(), 'queue.list')).toEqual([]);
  await page()
    .getByRole('checkbox', { name: /^Show the curves/ })
    .nth(1)
    .check();
  await page().getByRole('button', { name: 'Compare…' }).click();
  const dialog = page().getByRole('dialog', { name: '2 runs side by side' });
  await dialog.getByRole('row', { name: /^Learning rate/ }).waitFor();
  await dialog.getByLabel('Only what differs').check();
  expect(await dialog.getByRole('row', { name: /^Learning rate/ }).count()).toBe(0);
  expect(await dialog.getByRole('row', { name: /^Epoch ?, differs/ }).count()).toBe(1);
  // Nobody would answer whether to close.
  await ask(page(), 'training.leave');
});
