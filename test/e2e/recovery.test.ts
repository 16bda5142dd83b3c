import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Events } from '../../src-main/shared/events.ts';
import { ask, processRunning, screenshot, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

let running: RunningApp;
const page = () => running.page;
const body = () => page().locator('body').innerText();

declare global {
  interface Window {
    ended: Events['job.ended'][];
    progressed: Events['job.progress'][];
  }
}

const projectNow = async () => (await ask(page(), 'project.current'))!;

beforeAll(async () => {
  running = await startApp({ project: 'demo:clothes' });
});
afterAll(() => running.close());

test('an import that loses its engine, twice, ends each time once and then comes in whole', async () => {
  await page().evaluate(() => {
    window.ended = [];
    window.progressed = [];
    window.receptive.on('job.ended', (ended) => window.ended.push(ended));
    window.receptive.on('job.progress', (progress) => window.progressed.push(progress));
  });
  const jobs = () => page().evaluate(() => [...new Set(window.progressed.map(({ jobId }) => jobId))]);
  const ends = () => page().evaluate(() => window.ended.map(({ jobId, end }) => [jobId, end]));
  for (const count of [1, 2]) {
    await expect.poll(async () => (await jobs()).length, { timeout: 30_000, interval: 10 }).toBe(count);
    process.kill(processRunning('src-main/engine/main.ts', running.app.process().pid ?? 0)!, 'SIGKILL');
    await expect.poll(async () => (await ends()).length, { interval: 20 }).toBe(count);
  }
  await expect.poll(async () => (await ends()).length, { timeout: 60_000 }).toBe(3);
  const [first, second, third] = await jobs();
  expect(await ends()).toEqual([
    [first, 'engineLost'],
    [second, 'engineLost'],
    [third, 'completed'],
  ]);
  expect((await projectNow()).imageCount).toBe(2000);
});

test('a damaged run is shown with its reason, and can be deleted', async () => {
  const folder = path.join((await projectNow()).path, 'runs', 'half-copied');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'run.json'), '{"format": 1,');
  await page().reload();
  // A click waits until the rail can be used, that is until the project has been read; a key does not.
  await page().getByRole('navigation').getByRole('button', { name: 'Train' }).click();
  await expect.poll(body).toMatch(/“half-copied” cannot be used\. .*run\.json is not whole JSON/);
  await screenshot(page(), 'damaged-run');
  await page().getByRole('button', { name: 'Delete “half-copied”' }).click();
  await page().getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(body).not.toContain('half-copied');
  expect(existsSync(folder)).toBe(false);
});
