import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kerasCode } from '../../src-main/shared/network/code/keras.ts';
import { parseNetwork, presets } from '../../src-main/shared/network/index.ts';
import { screenshot, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

let running: RunningApp;
let folder: string;
const page = () => running.page;
const row = (name: string) => page().getByRole('row', { name: new RegExp(`^${name} `) });
const side = () => page().getByRole('tabpanel').innerText();
const totals = () =>
  page()
    .getByRole('row', { name: /^Total / })
    .innerText();
const names = () => page().locator('tr[data-index] b').allInnerTexts();
/** The network that is shown, and the others to choose from. */
const shown = () => page().getByRole('combobox', { name: 'Network', exact: true });
const preset = async (name: string) => {
  await page().getByRole('button', { name: 'Presets' }).click();
  await page().getByRole('menuitem', { name }).first().click();
  await expect.poll(() => shown().locator('option:checked').innerText()).toMatch(name);
};
/** The way with that title among those that are offered. */
const way = (title: string) => page().getByRole('listitem').filter({ hasText: title });
const use = (title: string) => way(title).getByRole('button', { name: 'Use it' }).click();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'receptive-take-out-'));
  running = await startApp({ project: 'demo:clothes' });
  await page().evaluate(() => window.receptive.request('engine.doctor'));
  await page().getByRole('navigation').getByRole('button', { name: 'Network' }).click();
  await row('conv1').waitFor();
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

describe('what if', () => {
  test('a convolution says how sparse and how shared it is, and becomes separable at a click', async () => {
    await preset('lenet-5');
    await row('conv2').click();
    await page().getByRole('tab', { name: 'What if' }).click();
    // 10 x 10 x 16 cells see 5 x 5 x 6 each, of 14 x 14 x 6.
    await expect.poll(side).toMatch(/87\.2 % of the connections[\s\S]*240,000 of 1,881,600/);
    expect(await side()).toMatch(/2,400 weights serve them all; each is used 100 times/);
    await screenshot(page(), 'network-what-if');
    await page().getByRole('button', { name: 'Make it separable' }).click();
    // 5 x 5 x 6 depthwise, 6 x 16 pointwise, 16 biases.
    await expect.poll(() => row('conv2').innerText()).toMatch(/Separable convolution[\s\S]*262/);
    await page().getByRole('button', { name: /^Undo/ }).click();
    await expect.poll(() => row('conv2').innerText()).toMatch(/2,416/);
  });

  test('dilation widens what a cell sees at the same cost', async () => {
    await row('conv1').click();
    await expect.poll(() => way('Every 2nd cell').innerText()).toMatch(/24 × 24 × 6[\s\S]*9 × 9 px/);
    await use('Every 2nd cell');
    await expect.poll(() => row('conv1').innerText()).toMatch(/24 × 24 × 6[\s\S]*156[\s\S]*9 × 9 px/);
    await page().getByRole('button', { name: /^Undo/ }).click();
    await expect.poll(() => row('conv1').innerText()).toMatch(/28 × 28 × 6/);
  });

  test('pooling by a strided convolution costs its weights', async () => {
    await row('pool1').click();
    await use('Strided convolution');
    // 2 x 2 x 6 x 6 weights and 6 biases more than 61,706.
    await expect.poll(totals).toMatch(/61,856/);
    await page().getByRole('button', { name: /^Undo/ }).click();
    await expect.poll(totals).toMatch(/61,706/);
  });

  test('batch norm changes places with its activation at one click', async () => {
    await preset('conv-bn-pool');
    await row('bn1').click();
    await page().getByRole('button', { name: 'Put it after the activation' }).click();
    await expect.poll(async () => (await names()).slice(1, 5)).toEqual(['conv1', 'relu1', 'bn1', 'pool1']);
    await page().getByRole('button', { name: 'Put it before the activation' }).click();
    await expect.poll(async () => (await names()).slice(1, 4)).toEqual(['conv1', 'bn1', 'relu1']);
  });

  test('totals follow the slider of the width before anything is changed', async () => {
    await preset('tiny-vgg');
    const slider = page().getByRole('slider', { name: 'Width' });
    for (let step = 0; step < 4; step++) await slider.press('ArrowRight');
    // 3 -> 20 -> 20 -> 20 -> 20 channels and 13 x 13 x 20 to 10 classes.
    const wide = 20 * 28 + 3 * 20 * 181 + 10 * (13 * 13 * 20 + 1);
    await expect.poll(side).toContain(`19,920 → ${wide.toLocaleString('en')}`);
    expect(await totals()).toMatch(/19,920/);
    await page().getByRole('region', { name: 'The whole network' }).getByRole('button', { name: 'Use it' }).click();
    await expect.poll(totals).toContain(wide.toLocaleString('en'));
  });
});

describe('taken out', () => {
  /** What the save dialog would answer: the name it suggests, in the test's folder. */
  const answerDialogs = (open?: string) =>
    running.app.evaluate(
      ({ dialog }, { folder, open }) => {
        dialog.showSaveDialog = (...given: unknown[]) => {
          const { defaultPath = '' } = given.at(-1) as { defaultPath?: string };
          return Promise.resolve({ canceled: false, filePath: `${folder}/${defaultPath.split('/').at(-1)}` });
        };
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: open ? [open] : [] });
      },
      { folder, open },
    );
  const choose = async (menu: string, item: string) => {
    await page().getByRole('button', { name: menu, exact: true }).click();
    await page().getByRole('menuitem', { name: item }).click();
  };
  const written = async (name: string): Promise<Buffer> => {
    await expect.poll(() => readdirSync(folder)).toContain(name);
    return readFileSync(path.join(folder, name));
  };
  const lenet = parseNetwork(presets['lenet-5']!);

  beforeAll(async () => {
    await page().getByRole('tab', { name: 'Settings' }).click();
    await shown().selectOption('lenet-5');
    await row('tanh1').waitFor();
    await answerDialogs();
  });

  test('JSON, which comes back as the same network', async () => {
    await choose('More', 'Save to a file…');
    const json = JSON.parse((await written('lenet-5.json')).toString()) as unknown;
    expect(parseNetwork(json)).toEqual(lenet);
    await answerDialogs(path.join(folder, 'lenet-5.json'));
    await choose('More', 'Load from a file…');
    await expect.poll(() => shown().locator('option:checked').innerText()).toBe('lenet-5 2');
    expect(await totals()).toMatch(/61,706/);
    await shown().selectOption('lenet-5');
    await expect.poll(() => shown().locator('option:checked').innerText()).toBe('lenet-5');
  });

  test.each([
    ['Keras code…', 'lenet-5-keras.py', /^import keras|^"""[\s\S]*import keras/],
    ['PyTorch code…', 'lenet-5-pytorch.py', /class \w+\(nn\.Module\):[\s\S]*nn\.Conv2d\(1, 6/],
    ['Graph as SVG…', 'lenet-5.svg', /^<svg[\s\S]*>conv2<[\s\S]*<\/svg>\s*$/],
    [
      'Table as CSV…',
      'lenet-5.csv',
      /\r\nconv2,conv2d,10 x 10 x 16,2416,2400,0,240000,14 x 14,2 x 2,0 x 0,409600,0\.0392\r\n/,
    ],
    ['Table as Markdown…', 'lenet-5.md', /\n\| conv2 \| conv2d \| 10 x 10 x 16 \| 2416 \|/],
  ])('%s', async (item, name, content) => {
    await choose('Take out', item);
    expect((await written(name)).toString()).toMatch(content);
  });

  test('the Keras code is that of this network for the classes of this project', async () => {
    expect((await written('lenet-5-keras.py')).toString()).toBe(kerasCode(lenet, 10));
  });

  test('a PNG that shows the graph', async () => {
    await choose('Take out', 'Graph as PNG…');
    const picture = sharp(await written('lenet-5.png'));
    const { width, height } = await picture.metadata();
    expect(width).toBeGreaterThan(200);
    expect(height).toBeGreaterThan(3 * width);
    const { channels } = await picture.stats();
    expect(Math.min(...channels.map(({ min }) => min))).toBeLessThan(100);
    expect(Math.max(...channels.map(({ max }) => max))).toBe(255);
  });

  test('a Keras model comes in by its to_json(); what it holds too much of is named', async () => {
    const layer = (class_name: string, name: string, config: object, from?: string) => ({
      class_name,
      name,
      config: { name, ...config },
      inbound_nodes: from ? [[[from, 0, 0, {}]]] : [],
    });
    const model = (second: object) => ({
      class_name: 'Functional',
      config: {
        name: 'model',
        layers: [
          layer('InputLayer', 'in', { batch_input_shape: [null, 28, 28, 1] }),
          second,
          layer('Flatten', 'flat', {}, 'mid'),
          layer('Dense', 'out', { units: 10, activation: 'linear', use_bias: true }, 'flat'),
        ],
        input_layers: [['in', 0, 0]],
        output_layers: [['out', 0, 0]],
      },
    });
    const convolution = layer(
      'Conv2D',
      'mid',
      { filters: 4, kernel_size: [3, 3], strides: [1, 1], padding: 'valid', use_bias: true, activation: 'linear' },
      'in',
    );
    const good = path.join(folder, 'keras.json');
    writeFileSync(good, JSON.stringify(model(convolution)));
    await answerDialogs(good);
    await choose('More', 'Load from a file…');
    // 3 x 3 x 4 + 4 and 26 x 26 x 4 x 10 + 10.
    await expect.poll(totals).toMatch(/27,090/);
    const bad = path.join(folder, 'lstm.json');
    writeFileSync(bad, JSON.stringify(model(layer('LSTM', 'mid', { units: 3 }, 'in'))));
    await answerDialogs(bad);
    await choose('More', 'Load from a file…');
    await expect.poll(() => page().locator('body').innerText()).toMatch(/mid[^\n]*LSTM|LSTM[^\n]*mid/);
    await screenshot(page(), 'network-import-refused');
    expect(await totals()).toMatch(/27,090/);
  });
});
