/** A damaged project in the window: what is said, and what can be done, whichever way it was opened. */
import { closeSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { text } from '../../src-renderer/messages/index.ts';
import { dropFiles, resize, root, screenshot, setTheme, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

const images = path.join(root, 'resources/demo/clothes-unseen');
const words = text.recovery;
let running: RunningApp;
let project: string;
const page = () => running.page;
const dialog = () => page().getByRole('dialog');
const projectName = () => page().locator('.project-menu-trigger').innerText();
const name = 'clothes-unseen';

const request = () =>
  page().evaluate(async () => {
    const open = await window.receptive.request('project.current');
    const classes = await window.receptive.request('classes.list');
    return { open: open.ok ? open.value : null, classes: classes.ok ? classes.value : [] };
  });
const counts = async () => (await request()).classes.map(({ count }) => count).slice(0, 2);

async function closeProject(): Promise<void> {
  await page().locator('.project-menu-trigger').click();
  await page().getByRole('menuitem', { name: text.project.close }).click();
  await page().getByRole('heading', { name: text.project.title }).waitFor();
}

/** One bit of a label, as a bad disk would do it: SQLite itself finds nothing wrong. */
function flipBits(file: string): void {
  const descriptor = openSync(file, 'r+');
  const size = statSync(file).size;
  for (let at = 4096 + 3000; at < size; at += 4096) writeSync(descriptor, Buffer.from([0xff]), 0, 1, at);
  closeSync(descriptor);
}

const openRecent = () =>
  page()
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .first()
    .click();

beforeAll(async () => {
  running = await startApp({ project: images });
});
afterAll(() => running.close());

test('a project is made, labelled and closed', async () => {
  await expect.poll(projectName).toBe(name);
  await expect.poll(counts, { timeout: 30_000 }).toEqual([30, 30]);
  project = (await request()).open!.path;
  await page().evaluate(() => window.receptive.request('labels.set', { ids: [1, 2, 3], classId: 2 }));
  await closeProject();
});

test('damaged, it is not opened from the recent projects: a dialog offers the automatic copies', async () => {
  flipBits(path.join(project, 'project.db'));
  await openRecent();
  await expect.poll(() => dialog().innerText()).toContain(words.title(name));
  const said = await dialog().innerText();
  expect(said).toMatch(new RegExp(`${words.problem.damaged}|${words.problem.changed}`));
  expect(said).toContain(words.untouched);
  expect(await dialog().getByRole('row').count()).toBeGreaterThan(1);
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(running, theme);
    await screenshot(page(), `recovery-${theme}`);
  }
  await resize(running.app, { width: 1024, height: 700 });
  await screenshot(page(), 'recovery-small');
  await page().keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
});

test('dropped as a folder, too; the copy of the end has the labels of the end', async () => {
  await dropFiles(page(), [project], 400, 350);
  await expect.poll(() => dialog().innerText()).toContain(words.title(name));
  // Only the keyboard: Enter on the first of the buttons that restore.
  const first = dialog()
    .getByRole('button', { name: /^Restore the copy of/ })
    .first();
  await first.focus();
  await page().keyboard.press('Enter');
  await expect.poll(projectName).toBe(name);
  await expect.poll(counts).toEqual([27, 33]);
  expect(await page().locator('body').innerText()).toContain(words.restoredHint);
  expect(readdirSync(project).some((file) => file.startsWith('project.db.replaced-'))).toBe(true);
  await dialog().waitFor({ state: 'detached' });
});

test('at the start with that project, the window itself says it, and its images lead there as well', async () => {
  await running.close({ keepHome: true });
  truncateSync(path.join(project, 'project.db'), 30_000);
  running = await startApp({ home: running.home, project, size: { width: 1024, height: 700 } });
  await expect.poll(() => dialog().innerText()).toContain(words.problem.damaged);
  expect(await dialog().getByRole('button', { name: words.openAsIs }).count()).toBe(0);
  await page().keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await dropFiles(page(), [images], 400, 350);
  await expect.poll(() => dialog().innerText()).toContain(words.title(name));
  await dialog()
    .getByRole('button', { name: /^Restore the copy of/ })
    .first()
    .click();
  await expect.poll(projectName).toBe(name);
  await expect.poll(counts).toEqual([27, 33]);
});

test('changed by something else but sound, it can be opened as it is', async () => {
  await closeProject();
  const { DatabaseSync } = await import('node:sqlite');
  const other = new DatabaseSync(path.join(project, 'project.db'));
  other.exec('UPDATE images SET class_id = 1 WHERE id = 1');
  other.close();
  await openRecent();
  await expect.poll(() => dialog().innerText()).toContain(words.problem.changed);
  await screenshot(page(), 'recovery-changed');
  await dialog().getByRole('button', { name: words.openAsIs }).click();
  await expect.poll(projectName).toBe(name);
  await expect.poll(counts).toEqual([28, 32]);
  await dialog().waitFor({ state: 'detached' });
});

test('without a copy it says so, and leads to a new project', async () => {
  await closeProject();
  rmSync(path.join(project, 'snapshots'), { recursive: true });
  truncateSync(path.join(project, 'project.db'), 20_000);
  await openRecent();
  await expect.poll(() => dialog().innerText()).toContain(words.noCopies);
  await screenshot(page(), 'recovery-no-copy');
  await dialog().getByRole('button', { name: words.create }).click();
  await page().getByRole('dialog', { name: text.project.createTitle }).getByLabel(text.project.name).fill('Anew');
  await page().keyboard.press('Enter');
  await expect.poll(projectName).toBe('Anew');
  expect(await running.problems()).toEqual([]);
});
