/** Figures are taken along from the real window: a layer's maps in every format, by the button, by keys and by the palette. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { presets } from '../../src-main/shared/network/index.ts';
import type { SavedNetwork } from '../../src-main/shared/project.ts';
import { colorOf, rangeOf, viridis } from '../../src-main/shared/colors.ts';
import { picturesIn, readNpy } from '../renderer/figures/read-back.ts';
import { ask, processRunning, runCommand, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

let running: RunningApp;
let folder: string;
let saved: SavedNetwork;
const page = () => running.page;
const body = () => page().locator('body').innerText();
const button = () => page().getByRole('button', { name: 'Take along: Maps of conv1', exact: true });

/** What the save dialog would answer: the name it suggests, in that folder. */
const answerDialogs = (into: string) =>
  running.app.evaluate(({ dialog }, into) => {
    dialog.showSaveDialog = (...given: unknown[]) => {
      const { defaultPath = '' } = given.at(-1) as { defaultPath?: string };
      return Promise.resolve({ canceled: false, filePath: `${into}/${defaultPath.split('/').at(-1)}` });
    };
  }, into);
async function chooseFormat(name: string): Promise<void> {
  await button().click();
  await page().getByRole('menuitem', { name }).click();
}
/** The network becomes another, if in name only, so that all that is drawn of it is drawn anew. */
async function drawAnew(name: string): Promise<void> {
  const before = await button().elementHandle();
  await ask(page(), 'networks.save', { id: saved.id, name, json: saved.json });
  await expect.poll(() => before!.evaluate((element) => element.isConnected)).toBe(false);
  await page().locator('button[aria-label="Take along: Maps of conv1"]').waitFor();
}
async function written(ending: string): Promise<Buffer> {
  const found = () => readdirSync(folder).filter((name) => name.endsWith(ending) && !name.startsWith('.'));
  await expect.poll(found, { timeout: 60_000 }).toHaveLength(1);
  expect(found()[0]).toMatch(/^tiny-untrained-conv1-Maps-Maps-of-conv1-[\w-]+\.\w+$/);
  return readFileSync(path.join(folder, found()[0]!));
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'receptive-figures-'));
  running = await startApp({ project: 'demo:emoji' });
  // The last class to come: with every further one the network gives more classes, and is another.
  await page().getByText('travel').first().waitFor();
  const input = { size: [16, 16] as [number, number], channels: 3 };
  saved = await ask(page(), 'networks.save', { name: 'tiny', json: { ...presets['tiny-vgg'], input } });
  await page().getByRole('button', { name: 'Inspect' }).first().click();
  await page().getByLabel('Network to look into').selectOption({ label: 'tiny (untrained)' });
  await button().waitFor();
  await answerDialogs(folder);
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

test('the maps of a layer: NPY by the button, CSV by keys, PNG and SVG by the palette, all of the same numbers', async () => {
  await chooseFormat('Numbers as NPY…');
  const { type, shape, values } = readNpy(await written('.npy'));
  expect([type, shape]).toEqual(['<f4', [14, 14, 10]]);
  const { ids } = await ask(page(), 'images.list', {});
  const networks = await ask(page(), 'networks.list');
  const subject = { networkId: networks.find(({ name }) => name === 'tiny')!.id };
  const one = await ask(page(), 'inspect.values', { subject, imageId: ids[0]!, layer: 'conv1', map: 3 });
  expect(values.filter((_, at) => at % 10 === 3)).toEqual([...one]);

  await button().focus();
  await page().keyboard.press('Enter');
  await page().getByRole('menuitem', { name: 'Numbers as CSV…' }).waitFor();
  await page().keyboard.press('n');
  await page().keyboard.press('Enter');
  const records: Record<string, string>[] = parse(await written('.csv'), { columns: true });
  expect(Object.keys(records[0]!)).toEqual(['row', 'column', 'map', 'value']);
  expect(records.map(({ value }) => Number(value))).toEqual(values);

  for (const format of ['SVG', 'PNG']) {
    await runCommand(page(), `maps of conv1 ${format}`);
    await written(`.${format.toLowerCase()}`);
  }
  const svg = (await written('.svg')).toString();
  const png = sharp(await written('.png'));
  const [inSvg, inPng] = [await sharp(Buffer.from(svg)).metadata(), await png.metadata()];
  expect([inPng.width, inPng.height]).toEqual([2 * inSvg.width, 2 * inSvg.height]);
  expect(svg).toMatch(/>Maps of conv1<[\s\S]*>Network: tiny \(untrained\)<[\s\S]*>Layer: conv1 /);

  // Every cell of map 3 has the colour of its value, up to its edges, on white; the scale is drawn before the maps.
  const { data } = await png.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const pixel = (x: number, y: number) => [...data.subarray((y * inPng.width + x) * 3, (y * inPng.width + x) * 3 + 3)];
  const { x, y, width } = picturesIn(svg)[1 + 3]!;
  const cell = (2 * width) / 14;
  for (const [at, value] of one.entries()) {
    const [left, top] = [2 * x + (at % 14) * cell, 2 * y + Math.floor(at / 14) * cell];
    const color = [...colorOf(value, rangeOf(values), viridis)].slice(0, 3);
    for (const corner of [0, cell - 1]) {
      pixel(left + corner, top + corner).forEach((part, i) => expect(Math.abs(part - color[i]!)).toBeLessThan(4));
    }
  }
  expect(pixel(0, 0)).toEqual([255, 255, 255]);
  expect(await running.problems()).toEqual([]);
});

test('an open menu, and the command that is being chosen, outlast their figure: saved is what stands there then', async () => {
  const into = mkdtempSync(path.join(folder, 'anew-'));
  await answerDialogs(into);
  const files = () => readdirSync(into);
  const { ids } = await ask(page(), 'images.list', {});
  const { path: file } = await ask(page(), 'images.facts', { id: ids[0]! });
  const of = (network: string) => `${network}-untrained-conv1-Maps-Maps-of-conv1-${path.parse(file).name}`;
  await button().focus();
  await page().keyboard.press('Enter');
  await page().getByRole('menuitem', { name: 'Picture as SVG…' }).waitFor();
  await page().keyboard.press('ArrowRight'); // goes to the next image elsewhere
  await page().keyboard.press('ArrowDown');
  await page().locator('.menu-item[data-highlighted]', { hasText: 'SVG' }).waitFor();
  await drawAnew('second');
  // The focus is still where it was.
  await page().keyboard.press('Enter');
  await expect.poll(files).toEqual([`${of('second')}.svg`]);
  expect(readFileSync(path.join(into, files()[0]!), 'utf8')).toContain('>Network: second (untrained)<');
  const hasFocus = () => button().evaluate((element) => element === document.activeElement);
  await expect.poll(hasFocus).toBe(true);
  await page().keyboard.press('Enter');
  await page().getByRole('menuitem').first().waitFor();
  await page().keyboard.press('Tab');
  await page().getByRole('menu').waitFor({ state: 'detached' });
  await expect.poll(hasFocus).toBe(true);

  await page().keyboard.press('Control+k');
  await page().locator('.palette-input:focus').waitFor();
  await page().keyboard.type('maps of conv1');
  const offered = () => page().locator('.palette-item').allInnerTexts();
  const chosen = () => page().locator('.palette-item[data-selected]').allInnerTexts();
  await expect.poll(offered).toHaveLength(4);
  await page().keyboard.press('ArrowDown');
  await page().keyboard.press('ArrowDown');
  await expect.poll(chosen).toEqual(['Take along Maps of conv1: Numbers as CSV…']);
  const before = await offered();
  await drawAnew('third');
  expect([await offered(), await chosen()]).toEqual([before, [before[2]]]);
  await page().keyboard.press('Enter');
  await expect.poll(files).toContain(`${of('third')}.csv`);
  expect(await running.problems()).toEqual([]);
});

test('a place that cannot be written to is said by its name, with what to do', async () => {
  await answerDialogs(path.join(folder, 'gone'));
  await chooseFormat('Numbers as CSV…');
  await expect.poll(body).toContain(`There is no folder "${path.join(folder, 'gone')}" to write to.`);
  expect(await body()).toContain('Make it first.');
});

test('a figure taken while the next image is computed is of that image, in its name and its numbers', async () => {
  const { ids } = await ask(page(), 'images.list', {});
  const nameOf = async (at: number) =>
    path.parse((await ask(page(), 'images.facts', { id: ids[at]! })).path).name.replaceAll('_', '-');
  const names = [await nameOf(0), await nameOf(1)] as const;
  const take = () => runCommand(page(), 'how the numbers are spread CSV');
  const into = (name: string) => mkdtempSync(path.join(folder, `${name}-`));
  /** The only file that comes to be there: what it is called after the tab's name, and its content. */
  const file = async (from: string) => {
    // Until it is whole it has another name.
    const whole = () => readdirSync(from).filter((name) => name.endsWith('.csv') && !name.startsWith('.'));
    await expect.poll(whole).toHaveLength(1);
    const [name] = whole() as [string];
    return { name: /-spread-?(.*)\.csv$/.exec(name)![1], content: readFileSync(path.join(from, name), 'utf8') };
  };
  await page().getByRole('tab', { name: 'Distribution' }).click();
  await page().getByRole('button', { name: 'Take along: How the numbers are spread', exact: true }).waitFor();
  const [first, meanwhile, after] = [into('first'), into('meanwhile'), into('after')];
  await answerDialogs(first);
  await take();
  const { name, content } = await file(first);
  expect(name).toBe(names[0]);

  await answerDialogs(meanwhile);
  const engine = processRunning('src-main/engine/main.ts', running.app.process().pid!)!;
  process.kill(engine, 'SIGSTOP');
  try {
    await page().getByRole('button', { name: 'Next image' }).click();
    await take();
  } finally {
    process.kill(engine, 'SIGCONT');
  }
  const taken = await file(meanwhile);
  await answerDialogs(after);
  await take();
  expect(await file(after)).toEqual(taken);
  expect(taken.name).toBe(names[1]);
  expect(taken.content).not.toBe(content);
});
