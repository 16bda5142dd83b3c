/** Images and labels as a person brings them in: dropped, asked about, offered, lost and found again. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { text } from '../../src-renderer/messages/index.ts';
import { ask, dropFiles, root, runCommand, screenshot, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

const words = text.bringIn;
let running: RunningApp;
let folder: string;
const page = () => running.page;
const button = (name: string) => page().getByRole('button', { name, exact: true });
const shows = (wanted: string) => expect.poll(() => page().locator('body').innerText()).toContain(wanted);
const hides = (wanted: string) => expect.poll(() => page().locator('body').innerText()).not.toContain(wanted);
const drop = (...files: string[]) =>
  dropFiles(
    page(),
    files.map((file) => path.join(folder, file)),
    600,
    400,
  );

/** Copies some of the demo images of a class to the folder of that name. */
function copyImages(name: string, to: string, from: number, count: number): void {
  const source = path.join(root, 'resources/demo/clothes-unseen', name);
  mkdirSync(path.join(folder, to), { recursive: true });
  const files = readdirSync(source)
    .sort()
    .slice(from, from + count);
  for (const file of files) cpSync(path.join(source, file), path.join(folder, to, file));
}

/** "bag: 4" for each class, and how many images have no label, as the engine has them. */
async function state(): Promise<string[]> {
  const classes = await ask(page(), 'classes.list');
  const unlabelled = await ask(page(), 'images.list', { classId: null });
  return [...classes.map(({ name, count }) => `${name}: ${count}`), `none: ${unlabelled.ids.length}`];
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'receptive-bring-in-'));
  copyImages('bag', 'pictures/new', 0, 4);
  copyImages('sandal', 'pictures/new', 0, 4);
  running = await startApp();
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a file of labels, dropped without a project, asks about several labels and becomes a project', async () => {
  const files = readdirSync(path.join(folder, 'pictures/new')).sort();
  const rows = files.map((file) => `new/${file},thing`);
  writeFileSync(
    path.join(folder, 'pictures', 'my labels.csv'),
    ['path,label', ...rows, `new/${files[0]},other`, `new/${files[1]},other`, 'new/lost.png,thing'].join('\n'),
  );
  await shows(text.project.openFolder);
  await drop('pictures/my labels.csv');
  await shows(words.severalTitle(2));
  await screenshot(page(), 'bring-in-several-labels');
  await button(words.leaveOut).click();
  await shows('8 images brought in');
  await shows('my labels');
  expect(await state()).toEqual(['thing: 6', 'none: 2']);
  await shows(words.notFound(1));
  await button(words.showWhich).click();
  await shows('new/lost.png');
  await page().keyboard.press('Escape');
  await button(words.forget).click();
  await hides(words.notFound(1));
});

test('a wrong file of labels says where it is wrong, and changes nothing', async () => {
  writeFileSync(path.join(folder, 'wrong.csv'), 'path,label\npictures/new/x.png\n');
  await drop('wrong.csv');
  await shows('"wrong.csv" cannot be used: line 2: it has 1 of 2 fields.');
  expect(await state()).toEqual(['thing: 6', 'none: 2']);
});

test('new images in a folder that came in are offered, and come in when they are wanted', async () => {
  copyImages('ankle-boot', 'shop/boot', 0, 3);
  await drop('shop');
  await shows('3 images brought in');
  // A folder alone holds no classes: "boot" is the only one, and it is one.
  expect(await state()).toEqual(['thing: 6', 'boot: 3', 'none: 2']);
  copyImages('ankle-boot', 'shop/boot', 3, 2);
  await shows(words.offered(2, path.join(folder, 'shop')));
  await screenshot(page(), 'bring-in-offer');
  await button(words.accept).click();
  await expect.poll(state).toEqual(['thing: 6', 'boot: 5', 'none: 2']);
  await hides(words.accept);
});

test('images whose folder moved are told, shown, and found again with their labels', async () => {
  renameSync(path.join(folder, 'shop'), path.join(folder, 'store'));
  await shows(words.missing(5));
  await screenshot(page(), 'bring-in-missing');
  await button(words.showMissing).click();
  await shows(text.images.count(5));
  await button(text.imageFilters.clear).click();
  // Pictures of this size were never made, and cannot be made now.
  const withoutPicture = page().locator('[role="listbox"] .missing');
  await page().getByRole('slider', { name: text.images.size }).press('End');
  await expect.poll(() => withoutPicture.count()).toBeGreaterThan(0);
  await running.app.evaluate(
    ({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    },
    path.join(folder, 'store'),
  );
  await button(words.locate).click();
  await shows('5 images found again; none is missing now.');
  await hides(words.missing(5));
  await expect.poll(() => withoutPicture.count()).toBe(0);
  expect(await state()).toEqual(['thing: 6', 'boot: 5', 'none: 2']);
});

test('a file of labels in a folder that came in is named as no image, and read from there', async () => {
  copyImages('bag', 'set', 7, 2);
  const [first, second] = readdirSync(path.join(folder, 'set')).sort();
  writeFileSync(path.join(folder, 'set', 'labels.csv'), `path,label\n${first},bag\n${second},bag\n`);
  await drop('set');
  await shows(words.rejected(1));
  expect(await state()).not.toContain('bag: 2');
  await button(words.showWhich).click();
  await button(words.useLabels).click();
  await expect.poll(state).toContain('bag: 2');
  await hides(words.rejected(1));
});

test('that file is also read when the app was started anew meanwhile', async () => {
  copyImages('bag', 'later', 9, 2);
  const [first, second] = readdirSync(path.join(folder, 'later')).sort();
  writeFileSync(path.join(folder, 'later', 'labels.csv'), `path,label\n${first},bag\n${second},bag\n`);
  await drop('later');
  await shows(words.rejected(1));
  const project = (await ask(page(), 'project.recent'))[0]!;
  await running.close({ keepHome: true });
  running = await startApp({ project: project.path, home: running.home });
  await shows(text.images.count(19));
  await runCommand(page(), text.images.showRejected);
  // Each file comes to the list by itself.
  const file = page().locator('.file', { hasText: 'later/labels.csv' });
  await file.getByRole('button', { name: words.useLabels }).click();
  await expect.poll(state).toContain('bag: 4');
});

test('images that cannot be used are told until one has seen which', async () => {
  copyImages('bag', 'odd', 6, 1);
  writeFileSync(path.join(folder, 'odd', 'words.png'), 'These are words.');
  await drop('odd');
  await shows(words.rejected(1));
  await button(words.showWhich).click();
  const dialog = page().getByRole('dialog', { name: text.images.rejectedTitle });
  await dialog.getByText('odd/words.png').waitFor();
  await dialog
    .getByText(/its content is text/)
    .first()
    .waitFor();
  await page().keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await button(words.forget).click();
  await hides(words.rejected(1));
});
