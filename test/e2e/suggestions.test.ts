/** Suggested labels in the real window: asked for, seen as ghosts, accepted by Enter and all above, taken back. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, root, screenshot, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

const kinds = ['animals', 'faces', 'flags'] as const;
const perKind = 12;

let folder: string;
let running: RunningApp;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'receptive-pictures-'));
  const pictures = path.join(folder, 'pictures');
  mkdirSync(pictures);
  for (const kind of kinds) {
    const from = path.join(root, 'resources/demo/emoji', kind);
    for (const name of readdirSync(from).slice(0, perKind)) {
      copyFileSync(path.join(from, name), path.join(pictures, `${kind}-${name}`));
    }
  }
  running = await startApp({ project: pictures });
});
afterAll(async () => {
  await running?.close();
  rmSync(folder, { recursive: true, force: true });
});

const unlabelled = async (): Promise<number> => (await ask(running.page, 'images.list', { classId: null })).ids.length;

test('three labels of each class, suggestions for the others, accepted one by one and many at once, and taken back', async () => {
  const { page } = running;
  await expect.poll(() => page.getByText(`${kinds.length * perKind} images`).count()).toBe(1);
  const all = [...(await ask(page, 'images.list', {})).ids];
  for (const [at, kind] of kinds.entries()) {
    const { id } = await ask(page, 'classes.create', { name: kind });
    await ask(page, 'labels.set', { ids: all.slice(at * perKind, at * perKind + 3), classId: id });
  }
  await page.getByRole('button', { name: 'Suggest labels' }).click();
  await page.getByRole('menuitem', { name: /without a label/ }).click();
  await page.getByText('27 suggestions by the built-in network').waitFor();
  await screenshot(page, 'suggestions');

  await page.getByRole('button', { name: 'Most uncertain first' }).click();
  await page.getByText('27 images', { exact: true }).waitFor();
  const first = page.getByRole('option').and(page.locator('[data-index="0"]'));
  const name = (await first.getAttribute('aria-label')) ?? '';
  expect(name).toMatch(/Suggested: (animals|faces|flags), \d+ %/);
  // The button took no keys: Enter accepts what stands first.
  await page.keyboard.press('Enter');
  await expect.poll(unlabelled).toBe(26);
  expect(await page.getByRole('option').and(page.locator('[data-index="0"]')).getAttribute('aria-label')).not.toBe(
    name,
  );

  await page.getByRole('button', { name: 'Accept all above…' }).click();
  await page.getByLabel('Least confidence').fill('50');
  const button = page.getByRole('dialog').getByRole('button', { name: /^Accept \d+ suggestions?$/ });
  const count = Number(/\d+/.exec((await button.textContent()) ?? '')?.[0]);
  await button.click();
  // A dialog that is still closing keeps the keys to itself.
  await button.waitFor({ state: 'detached' });
  await expect.poll(unlabelled).toBe(26 - count);
  await page.keyboard.press('Control+z');
  await expect.poll(unlabelled).toBe(26);

  await page.getByRole('option').and(page.locator('[data-index="0"]')).click();
  await page.keyboard.press('f');
  await page.getByText('Similar to 1 image').waitFor();
  expect(await running.problems()).toEqual([]);
});
