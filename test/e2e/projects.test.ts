/** Projects as a person handles them: made of a folder, made empty, moved, found among the recent ones, and reopened. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { text } from '../../src-renderer/messages/index.ts';
import { dropFiles, root, screenshot, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

let running: RunningApp;
let folder: string;
let images: string;
let imagesBefore: string;
const page = () => running.page;
const words = text.project;
const body = () => page().locator('body').innerText();
const shows = (wanted: string | RegExp) => expect.poll(body).toMatch(wanted);
const menu = () => page().locator('.project-menu-trigger');
const projectName = () => menu().innerText();
const rail = (view: string) => page().getByRole('button', { name: view, exact: true }).click();
/** What the table of runs in Train says. */
const runsShown = async () => {
  await rail(text.train.title);
  return page().getByRole('region', { name: text.train.runs }).innerText();
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'receptive-projects-'));
  images = path.join(folder, 'shoes and bags');
  for (const name of ['bag', 'sandal']) {
    const from = path.join(root, 'resources/demo/clothes-unseen', name);
    mkdirSync(path.join(images, name), { recursive: true });
    for (const file of readdirSync(from).slice(0, 4)) cpSync(path.join(from, file), path.join(images, name, file));
  }
  imagesBefore = contentOf(images);
  running = await startApp();
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Changes with any file's name, content or time. */
function contentOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const stats = statSync(path.join(folder, file));
    hash.update(`${file} ${stats.mtimeMs} `);
    if (stats.isFile()) hash.update(readFileSync(path.join(folder, file)));
  }
  return hash.digest('hex');
}

/** The system's own dialogs cannot be driven; what they would answer is put in their place. */
async function answerDialogs(chosen: string): Promise<void> {
  await running.app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, chosen);
}

async function choose(item: string): Promise<void> {
  await menu().click();
  await page().getByRole('menuitem', { name: item }).click();
}

/** What the engine has of the open project. */
const state = () =>
  page().evaluate(async () => {
    const project = await window.receptive.request('project.current');
    const list = await window.receptive.request('images.list', {});
    const classes = await window.receptive.request('classes.list');
    const networks = await window.receptive.request('networks.list');
    if (!project.ok || !project.value || !list.ok || !classes.ok || !networks.ok) return null;
    return {
      name: project.value.name,
      path: project.value.path,
      sources: project.value.sources,
      labels: [...list.value.classIds],
      classes: classes.value,
      networks: networks.value,
    };
  });
const pathOfProject = async () => (await state())?.path ?? '';

test('a folder of class folders that is dropped becomes a project beside the other app data', async () => {
  await shows(words.title);
  await dropFiles(page(), [images], 500, 400);
  await expect.poll(projectName).toBe('shoes and bags');
  await shows('8 images brought in');
  const made = await state();
  expect(made?.path.startsWith(path.join(running.home, 'data'))).toBe(true);
  expect(made?.sources).toEqual([images]);
  expect(made?.classes).toMatchObject([
    { name: 'bag', count: 4 },
    { name: 'sandal', count: 4 },
  ]);
  expect(contentOf(images)).toBe(imagesBefore);
});

test('a label, a network and a run are kept with it', async () => {
  await page().getByRole('listbox', { name: 'Images' }).getByRole('option').first().click();
  await page().keyboard.press('2');
  await expect.poll(async () => (await state())?.classes.map(({ count }) => count)).toEqual([3, 5]);
  await page().keyboard.press('Control+2');
  await page()
    .getByRole('row', { name: /^conv1 / })
    .click();
  await page().getByLabel('Filters').fill('7');
  await expect.poll(async () => JSON.stringify((await state())?.networks)).toContain('"filters":7');
  await rail(text.train.title);
  await page().getByLabel(text.train.epochs, { exact: true }).fill('1');
  await page().getByRole('button', { name: text.train.start }).click();
  await expect.poll(runsShown, { timeout: 60_000 }).toMatch(/1 of 1[^]*Completed/);
});

test('it is moved to a place of choice, with everything in it', async () => {
  const before = await state();
  const target = path.join(folder, 'moved here');
  await answerDialogs(target);
  await choose(words.move);
  await shows(words.moved(target));
  expect(await state()).toEqual({ ...before, path: target });
  expect(existsSync(path.join(target, 'project.db'))).toBe(true);
  expect(existsSync(before?.path ?? '')).toBe(false);
});

test('an empty one is made by name', async () => {
  await choose(words.create);
  await page().getByRole('dialog', { name: words.createTitle }).getByLabel(words.name).fill('Second');
  await page().keyboard.press('Enter');
  await expect.poll(projectName).toBe('Second');
  expect(await state()).toMatchObject({ labels: [], classes: [] });
  await page().getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(runsShown).toContain(text.train.noRuns);
});

test('the first is found among the recent ones, as it was left', async () => {
  await menu().click();
  await page().getByRole('menuitem', { name: words.openRecent }).hover();
  await page().getByRole('menuitem', { name: 'shoes and bags' }).click();
  await expect.poll(projectName).toBe('shoes and bags');
  await expect.poll(pathOfProject).toBe(path.join(folder, 'moved here'));
  expect((await state())?.classes.map(({ count }) => count)).toEqual([3, 5]);
  await expect.poll(runsShown).toContain('1 of 1');
});

test('closed, it is offered on the start screen; the same folder of images leads to the same project', async () => {
  await choose(words.close);
  await shows(words.recent);
  await screenshot(page(), 'start-recent');
  await page()
    .getByRole('button', { name: /^Second/ })
    .click();
  await expect.poll(projectName).toBe('Second');
  await answerDialogs(images);
  await choose(words.openFolder);
  await expect.poll(pathOfProject).toBe(path.join(folder, 'moved here'));
  expect((await state())?.labels).toHaveLength(8);
});

test('what is no project is refused in a sentence, and the open one stays', async () => {
  const empty = path.join(folder, 'empty');
  mkdirSync(empty);
  await answerDialogs(empty);
  await choose(words.openFolder);
  await shows(/"[^"]*empty" has no images/);
  await answerDialogs(images);
  await choose(words.open);
  await shows(/shoes and bags" is (not|no)/);
  await expect.poll(projectName).toBe('shoes and bags');
});

test('after a new start, it is as it was', async () => {
  const before = await state();
  await running.close({ keepHome: true });
  running = await startApp({ home: running.home });
  await shows(words.recent);
  await page()
    .getByRole('button', { name: /^shoes and bags/ })
    .click();
  await expect.poll(projectName).toBe('shoes and bags');
  expect(await state()).toEqual(before);
  await expect.poll(runsShown).toContain('1 of 1');
  expect(contentOf(images)).toBe(imagesBefore);
  expect(await running.problems()).toEqual([]);
});
