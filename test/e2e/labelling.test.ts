/** Labelling as it is done for hours: by keyboard, with more classes than digits. Each test goes on from the last. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClassInfo } from '../../src-main/shared/labelling.ts';
import type { ImageQuery } from '../../src-main/shared/image-query.ts';
import { ask, runCommand, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

const birds = [
  'albatross',
  'bittern',
  'crane',
  'dunlin',
  'egret',
  'falcon',
  'goshawk',
  'heron',
  'ibis',
  'jackdaw',
  'kestrel',
  'lapwing',
];
const perClass = 3;

let running: RunningApp;
let folder: string;
const page = () => running.page;
const grid = () => page().getByRole('listbox', { name: 'Images', exact: true });
const tiles = () => grid().getByRole('option');
const box = () => page().getByRole('combobox', { name: 'Label by typing the name of a class' });
const press = (...keys: string[]) =>
  keys.reduce((last, key) => last.then(() => page().keyboard.press(key)), Promise.resolve());

const listed = (query: ImageQuery = {}) => ask(page(), 'images.list', query);
const listedClasses = () => ask(page(), 'classes.list');
async function classOf(name: string): Promise<ClassInfo | undefined> {
  return (await listedClasses()).find((info) => info.name === name);
}
/** The names of the classes of the first images, null for none. */
async function labels(count: number): Promise<(string | null)[]> {
  const classes = await listedClasses();
  const { classIds } = await listed();
  return Array.from(classIds.subarray(0, count), (id) => classes.find((info) => info.id === id)?.name ?? null);
}
const focused = async () =>
  Number(
    /\d+/.exec((await grid().getByRole('option', { selected: true }).first().getAttribute('aria-label')) ?? '')?.[0],
  );

async function openMenu(name: string, item: string): Promise<void> {
  await page()
    .getByRole('button', { name: new RegExp(`^${name} \\d`) })
    .click({ button: 'right' });
  await page().getByRole('menuitem', { name: item }).click();
}

/** Presses the button of the open dialog that does it, and waits until it is done. */
async function confirm(button: string): Promise<void> {
  await page().getByRole('button', { name: button, exact: true }).click();
  await page().getByRole('dialog').waitFor({ state: 'detached' });
}

async function choose(filter: string, value: string): Promise<void> {
  await page().getByLabel(filter, { exact: true }).selectOption(value);
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'receptive-labelling-'));
  const images = path.join(folder, 'birds');
  for (const [place, bird] of birds.entries()) {
    mkdirSync(path.join(images, bird), { recursive: true });
    for (let number = 0; number < perClass; number++) {
      const background = { r: place * 20, g: number * 80, b: 120 };
      const size = { width: 40 + number * 20, height: 40 };
      const image = sharp({ create: { ...size, channels: 3, background } });
      const file = path.join(images, bird, `${number}`);
      await (number === 0 ? image.png().toFile(`${file}.png`) : image.jpeg().toFile(`${file}.jpg`));
    }
  }
  running = await startApp({ project: images });
  await page().getByText('36 images', { exact: true }).waitFor();
});
afterAll(async () => {
  const problems = await running.problems();
  await running.close();
  rmSync(folder, { recursive: true, force: true });
  expect(problems).toEqual([]);
});

test('twelve classes have the keys 1 to 9 and then letters', async () => {
  expect((await listedClasses()).map(({ name, key }) => [name, key])).toEqual(
    birds.map((bird, place) => [bird, [...'123456789abc'][place]]),
  );
  expect(await page().getByRole('button', { name: 'lapwing 3 usable images key C' }).count()).toBe(1);
});

test('keys reach the images of a project just opened, after a click on a button, and after Escape', async () => {
  await press('ArrowRight');
  expect(await focused()).toBe(2);
  await page().getByRole('button', { name: 'Quality' }).click();
  await press('ArrowRight');
  expect(await focused()).toBe(3);
  await press('Space');
  await page().getByRole('dialog', { name: 'Look closer' }).waitFor();
  await press('Space');
  await page().getByRole('dialog').waitFor({ state: 'detached' });
  await page().getByRole('button', { name: 'Quality' }).focus();
  await press('Space');
  expect(await page().getByRole('dialog').count()).toBe(0);
  await page().getByLabel('Sort by').focus();
  await press('Escape', 'Home');
  expect(await focused()).toBe(1);
  const adding = page().getByLabel('Find or add a class');
  await adding.fill('no such bird');
  await press('Escape', 'ArrowRight');
  expect(await focused()).toBe(2);
  expect(await adding.inputValue()).toBe('');
  await press('Home');
});

test('digits and letters label and move on, Backspace takes a label off and stays', async () => {
  await press('9', 'a', 'c');
  await expect.poll(() => labels(4)).toEqual(['ibis', 'jackdaw', 'lapwing', 'bittern']);
  expect(await focused()).toBe(4);
  await press('Backspace');
  await expect.poll(() => labels(4)).toEqual(['ibis', 'jackdaw', 'lapwing', null]);
  expect(await focused()).toBe(4);
  expect(await page().getByText('Saved', { exact: true }).count()).toBe(1);
});

test('undo and redo go through the labels one by one', async () => {
  await press('Control+z', 'Control+z');
  await expect.poll(() => labels(4)).toEqual(['ibis', 'jackdaw', 'albatross', 'bittern']);
  await press('Control+Shift+z', 'Control+Shift+z');
  await expect.poll(() => labels(4)).toEqual(['ibis', 'jackdaw', 'lapwing', null]);
});

test('undo leads back to the image whose label it took back, also where the filter had left it out', async () => {
  await press('End');
  await press('Control+z');
  await expect.poll(focused).toBe(4);
  await press('Control+Shift+z');
  await page().getByRole('button', { name: 'Unlabelled' }).click();
  await page().getByText('1 image', { exact: true }).waitFor();
  await press('9');
  await page().getByText('0 images', { exact: true }).waitFor();
  await press('Control+z');
  await expect.poll(focused).toBe(4);
  await page().getByRole('button', { name: 'All images' }).click();
  await page().getByText('36 images', { exact: true }).waitFor();
  expect(await labels(4)).toEqual(['ibis', 'jackdaw', 'lapwing', null]);
});

test('the box finds a class by typing, labels, and is ready for the next image; keys type there', async () => {
  await grid().focus();
  await press('Home', '/');
  expect(await box().evaluate((input) => input === document.activeElement)).toBe(true);
  await page().keyboard.type('kes');
  expect(await page().getByRole('listbox', { name: 'Classes' }).getByRole('option').allInnerTexts()).toEqual([
    expect.stringMatching(/^kestrel/),
  ]);
  await press('Enter');
  await page().keyboard.type('x1c');
  await press('Control+a', 'Delete');
  await page().keyboard.type('her');
  await press('Enter');
  await expect.poll(() => labels(4)).toEqual(['kestrel', 'heron', 'lapwing', null]);
  expect(await box().inputValue()).toBe('');
  expect((await listed({ excluded: true })).ids.length).toBe(0);
});

test('a class that is not there yet is made from the box', async () => {
  await page().keyboard.type('magpie');
  await page().getByRole('option', { name: 'Create class “magpie”' }).waitFor();
  await press('Enter');
  await expect.poll(() => labels(4)).toEqual(['kestrel', 'heron', 'magpie', null]);
  await press('Escape');
  expect(await grid().evaluate((list) => list === document.activeElement)).toBe(true);
  expect((await classOf('magpie'))?.key).toBe('d');
});

test('X excludes the selection and moves on, and includes it again', async () => {
  await press('Home', 'Shift+ArrowRight', 'x');
  await expect.poll(async () => [...(await listed({ excluded: true })).ids]).toEqual([1, 2]);
  expect(await focused()).toBe(3);
  await press('Home', 'x');
  await expect.poll(async () => [...(await listed({ excluded: true })).ids]).toEqual([2]);
  await press('Control+z');
  await expect.poll(async () => [...(await listed({ excluded: true })).ids]).toEqual([1, 2]);
  await press('Control+z');
  await expect.poll(async () => (await listed({ excluded: true })).ids.length).toBe(0);
  // X goes by what the window shows, which comes a moment later.
  await expect.poll(() => grid().getByRole('option', { name: 'excluded' }).count()).toBe(0);
});

test('undo and redo lead to the image that they include again or exclude anew, also where the filter had left it out', async () => {
  await press('Home', 'ArrowRight', 'x', 'End', 'Control+z');
  await expect.poll(focused).toBe(2);
  await press('Control+Shift+z', 'Control+f');
  await choose('Excluded', 'No');
  await press('Escape');
  await page().getByText('35 images', { exact: true }).waitFor();
  await press('End', 'Control+z');
  await expect.poll(focused).toBe(2);
  await page().getByText('36 images', { exact: true }).waitFor();
  await page().getByRole('group', { name: 'Active filters' }).getByText('Not excluded').click();
  await page().getByRole('group', { name: 'Active filters' }).waitFor({ state: 'detached' });
});

test('P pins the selection to a side', async () => {
  await press('Home', 'p');
  await page().getByRole('menuitem', { name: 'Validation' }).click();
  await expect.poll(async () => [...(await listed({ pinned: true, split: 'validation' })).ids]).toEqual([1]);
  await page().getByText('Validation, pinned').waitFor();
  await press('End', 'Control+z');
  await expect.poll(focused).toBe(1);
  await press('Control+Shift+z');
  await page().getByText('Validation, pinned').waitFor();
  await press('p');
  await page()
    .getByRole('menuitem', { name: /^Let go/ })
    .click();
  await expect.poll(async () => (await listed({ pinned: true })).ids.length).toBe(0);
});

test('a reserved key is refused with its reason; a taken one is taken over', async () => {
  await openMenu('lapwing', 'Change key');
  await press('x');
  await page()
    .getByText(/^X cannot be the key of a class. It does: Exclude the selection/)
    .waitFor();
  expect(await page().getByRole('button', { name: 'Change key', exact: true }).isDisabled()).toBe(true);
  await press('3');
  await page().getByText('3 is the key of “crane”').waitFor();
  await press('Enter');
  await expect.poll(async () => (await classOf('lapwing'))?.key).toBe('3');
  expect((await classOf('crane'))?.key).toBeNull();
  await tiles().nth(4).click();
  await press('3');
  await expect.poll(async () => (await labels(5))[4]).toBe('lapwing');
});

test('the menu of a class opens from its row by keys, and gives the focus back to it', async () => {
  const row = page().getByRole('button', { name: /^crane \d/ });
  await row.focus();
  await press('Shift+F10');
  await page().getByRole('menuitem', { name: 'Rename' }).waitFor();
  await press('Escape');
  await expect.poll(() => row.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('a class is renamed and gets another colour', async () => {
  await openMenu('crane', 'Rename');
  await page().getByLabel('Name of the class').fill('common crane');
  await press('Enter');
  await expect.poll(async () => (await classOf('common crane'))?.count).toBe(3);
  await openMenu('common crane', 'Change colour');
  await page().getByRole('radio', { name: 'Colour #cc79a7' }).check();
  await confirm('Change colour');
  await expect.poll(async () => (await classOf('common crane'))?.color).toBe('#cc79a7');
});

test('a class is merged into another, and undo brings it back', async () => {
  const before = (await classOf('dunlin'))!.count + (await classOf('egret'))!.count;
  await openMenu('dunlin', 'Merge into');
  await page().getByLabel('Merge into').selectOption('egret');
  await confirm('Merge');
  await expect.poll(async () => (await classOf('egret'))?.count).toBe(before);
  expect(await classOf('dunlin')).toBeUndefined();
  await press('Control+z');
  await expect.poll(async () => (await classOf('dunlin'))?.count).toBe(3);
  await press('Control+Shift+z');
  await expect.poll(() => classOf('dunlin')).toBeUndefined();
});

test('a deleted class asks where its images go', async () => {
  const falcon = (await classOf('falcon'))!.count;
  await openMenu('goshawk', 'Delete');
  await page().getByText('It has 3 usable images.').waitFor();
  await page().getByRole('radio', { name: 'They go to another class' }).check();
  await page().getByLabel('The other class').selectOption('falcon');
  await confirm('Delete class');
  await expect.poll(async () => (await classOf('falcon'))?.count).toBe(falcon + 3);
  await press('Control+z');
  await expect.poll(async () => (await classOf('goshawk'))?.count).toBe(3);
  await openMenu('goshawk', 'Delete');
  const unlabelled = (await listed({ classId: null })).ids.length;
  await confirm('Delete class');
  await expect.poll(async () => (await listed({ classId: null })).ids.length).toBe(unlabelled + 3);
});

test('filters are combined, shown as chips and removed one by one', async () => {
  const shown = (count: number) =>
    page()
      .getByText(count === 1 ? '1 image' : `${count} images`, { exact: true })
      .waitFor();
  await press('Control+f');
  await page().getByLabel('Text in the path').fill('ibis');
  await shown(3);
  await choose('Format', 'JPEG');
  await shown(2);
  await page().getByLabel('Longer side, from').fill('70');
  await shown(1);
  await choose('Label set by', 'Folder or file');
  await choose('Excluded', 'No');
  await press('Escape');
  const chips = page().getByRole('group', { name: 'Active filters' }).getByRole('button');
  expect(await chips.allInnerTexts()).toEqual([
    'Path: ibis',
    'Set by: Folder or file',
    'Not excluded',
    'Format: JPEG',
    'Longer side ≥ 70 px',
    'Clear filters',
  ]);
  await shown(1);
  await page().getByRole('button', { name: 'Remove the filter Longer side ≥ 70 px' }).click();
  await shown(2);
  await page().getByRole('button', { name: 'Clear filters' }).click();
  await shown(36);
});

test('the order is chosen and turned round', async () => {
  const first = async () => {
    await grid().focus();
    await press('Home');
    return focused();
  };
  await page().getByLabel('Sort by').selectOption('Size in pixels');
  await page().getByRole('button', { name: 'Ascending: turn round' }).click();
  const largest = await listed({ sort: { by: 'pixels', descending: true } });
  await expect.poll(first).toBe(largest.ids[0]);
  await page().getByRole('button', { name: 'Descending: turn round' }).click();
  await expect.poll(first).toBe(1);
});

test('keys do nothing while a dialog is open', async () => {
  const before = await labels(36);
  await runCommand(page(), 'assign splits');
  await page().getByRole('dialog', { name: 'Assign images to splits' }).waitFor();
  await page().getByLabel('Also move images').focus();
  await press('9', 'x', 'Backspace', 'Escape');
  expect(await labels(36)).toEqual(before);
});

test('? lists all keys, those of the classes among them, but is typed where text is', async () => {
  await page().getByRole('dialog').waitFor({ state: 'detached' });
  await box().focus();
  await page().keyboard.type('?');
  expect(await box().inputValue()).toBe('?');
  expect(await page().getByRole('dialog').count()).toBe(0);
  await box().fill('');
  await grid().focus();
  await press('?');
  const dialog = page().getByRole('dialog', { name: 'All keys' });
  await dialog.waitFor();
  const said = (await dialog.locator('dl > div').allInnerTexts()).map((row) => row.split(/\s*\n\s*/));
  for (const row of [
    ['X', 'Exclude the selection and move on, or include it again'],
    ['Ctrl+O', expect.any(String)],
    ['1', 'albatross'],
  ]) {
    expect(said).toContainEqual(row);
  }
  expect(new Set(said.map(([key]) => key)).size).toBe(said.length);
  await press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('the large view shows the classes’ keys, and the class of its image; a click labels too', async () => {
  await grid().focus();
  await press('Home', ' ');
  const keys = page().getByRole('group', { name: 'Keys of the classes' });
  await keys.getByRole('button', { name: '2 bittern' }).click();
  await expect.poll(async () => (await labels(1))[0]).toBe('bittern');
  await press('ArrowLeft');
  await expect.poll(() => keys.getByRole('button', { pressed: true }).allInnerTexts()).toEqual(['2\nbittern']);
  await press(' ');
  await keys.waitFor({ state: 'detached' });
});
