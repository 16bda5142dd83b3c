/** Figures are taken along from the real window: a layer's maps in every format, by the button, by keys and by the palette. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { presets } from '../../src-main/shared/network/index.ts';
import { colorOf, rangeOf, viridis } from '../../src-main/shared/colors.ts';
import { picturesIn, readNpy } from '../renderer/figures/read-back.ts';
import { ask, runCommand, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

let running: RunningApp;
let folder: string;
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
/** An open menu closes when its figure is drawn anew, as one that was just opened may be. */
async function chooseFormat(name: string): Promise<void> {
  const item = page().getByRole('menuitem', { name });
  const isChosen = async () => {
    if (!(await item.isVisible())) await button().click();
    return item.click({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
  };
  await expect.poll(isChosen).toBe(true);
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
  await page().getByText('animals').first().waitFor();
  const input = { size: [16, 16] as [number, number], channels: 3 };
  await ask(page(), 'networks.save', { name: 'tiny', json: { ...presets['tiny-vgg'], input } });
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

test('a place that cannot be written to is said by its name, with what to do', async () => {
  await answerDialogs(path.join(folder, 'gone'));
  await chooseFormat('Numbers as CSV…');
  await expect.poll(body).toContain(`There is no folder "${path.join(folder, 'gone')}" to write to.`);
  expect(await body()).toContain('Make it first.');
});
