/**
 * Looking into networks that nobody has trained, in the real window: maps, the sum behind a cell, kernels. The soak also
 * measures the time from a click to all maps on the screen, prints and asserts it.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { presets } from '../../src-main/shared/network/index.ts';
import { ask, processRunning, screenshot, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

const soak = process.env['RECEPTIVE_SOAK'] !== undefined;
let running: RunningApp;
const page = () => running.page;
const body = () => page().locator('body').innerText();
const strip = () => page().getByRole('toolbar', { name: 'Layers of the network, from input to output' });
const look = (label: string) => page().getByLabel('Network to look into').selectOption({ label });

beforeAll(async () => {
  running = await startApp({ project: 'demo:emoji' });
});
afterAll(() => running.close());

test('networks that nobody has trained stand in the list', async () => {
  await expect.poll(body, { timeout: 60_000 }).toContain('animals');
  const size = (edge: number) => ({ size: [edge, edge] as [number, number], channels: 3 });
  await ask(page(), 'networks.save', { name: 'tiny', json: { ...presets['tiny-vgg'], input: size(64) } });
  if (soak) await ask(page(), 'networks.save', { name: 'large', json: { ...presets['resnet-18'], input: size(224) } });
  await page().getByRole('button', { name: 'Inspect' }).first().click();
  await expect
    .poll(() => page().getByLabel('Network to look into').locator('option').allInnerTexts())
    .toContain('tiny (untrained)');
  await look('tiny (untrained)');
  await expect.poll(() => strip().getByRole('button').count()).toBe(12);
});

test('a click on a cell of an activation opens the sum of the convolution before it', async () => {
  await strip()
    .getByRole('button', { name: /^relu2, / })
    .click();
  await expect.poll(body).toContain('10 maps of 60 × 60 cells');
  await page()
    .locator('canvas', { hasText: 'Maps of relu2' })
    .click({ position: { x: 40, y: 40 } });
  await expect.poll(body).toMatch(/Output: conv2, map 0[\s\S]*All 10 channels[\s\S]*Activation relu2/);
  await expect.poll(body).toMatch(/The engine has [\s\S]*Convolution commutes/);
  await page().getByRole('combobox', { name: 'Kernel', exact: true }).selectOption({ label: 'Its symmetric part' });
  await expect.poll(body).toContain('A symmetric kernel is its own turned one');
  await screenshot(page(), 'inspect-sum');
  const column = () => page().getByRole('spinbutton', { name: 'Column' }).inputValue();
  const before = await column();
  await page().getByRole('button', { name: 'Slide over the image' }).click();
  await expect.poll(column).not.toBe(before);
  await page().getByRole('button', { name: 'Stop sliding' }).click();
  const stopped = Number(await column());
  await page().getByRole('button', { name: 'One cell back' }).click();
  await expect.poll(column).toBe(String((stopped + 59) % 60));
  // What the cell sees is marked on the image, for as long as its sum is shown.
  await page().locator('.lens .box').waitFor();
  await page().getByRole('tab', { name: 'Distribution' }).click();
  await page().locator('.lens .box').waitFor({ state: 'detached' });
});

test('what drives a map: images that excite it, the picture that maximises it, what it sees', async () => {
  await strip()
    .getByRole('button', { name: /^relu2, / })
    .click();
  await page().getByRole('tab', { name: 'What drives it' }).click();
  // Until the search is over the ranks change, and with them what the fifth image is.
  await expect.poll(body).toMatch(/All [\d,]+ images of the project/);
  const images = () => page().locator('ol.images button');
  await expect.poll(() => images().count()).toBe(16);
  const values = async () => (await page().locator('ol.images b').allInnerTexts()).map(Number);
  const first = await values();
  expect(first).toEqual(first.toSorted((a, b) => b - a));
  // Another map is there at once: its images were found in the same search.
  await page().getByRole('spinbutton', { name: 'Map' }).fill('3');
  await expect.poll(values).not.toEqual(first);
  await images().nth(4).click();
  await expect.poll(() => images().nth(4).getAttribute('aria-pressed')).toBe('true');
  await page().locator('.lens .box').waitFor();
  await screenshot(page(), 'inspect-exciting-images');

  await page().getByRole('tab', { name: 'Picture that maximises it' }).click();
  await page().getByRole('spinbutton', { name: 'Steps', exact: true }).fill('20');
  await expect.poll(body).toMatch(/It rose from [\d.−-]+ to [\d.−-]+, as the picture is shown/);
  await screenshot(page(), 'inspect-maximised');

  await page().getByRole('tab', { name: 'What it sees' }).click();
  await expect.poll(body).toMatch(/Theoretical: 5 × 5 px\. Effective: \d × \d px/);
  const rows = () => page().locator('.tab table tbody tr');
  await expect.poll(() => rows().count()).toBe(12);
  expect(await rows().first().innerText()).toMatch(/conv1\s+3 × 3\s+3 × 3/);
  await screenshot(page(), 'inspect-effective-field');
});

test('the kernels of the first layer are shown in colour, and which are alike', async () => {
  await strip()
    .getByRole('button', { name: /^conv1, / })
    .click();
  await page().getByRole('tab', { name: 'Kernels' }).click();
  await expect.poll(body).toMatch(/10 kernels of 3 × 3 cells and 3 channels[\s\S]*Kernels \d and \d: cosine/);
  await screenshot(page(), 'inspect-kernels');
  expect(await running.problems()).toEqual([]);
});

test('a saved network that is changed is looked into as it is now', async () => {
  const layers = (filters: number) => [
    { name: `conv${filters}`, kind: 'conv2d' as const, filters, kernelSize: 3 },
    { name: 'gap', kind: 'globalAvgPool' as const },
    { name: 'logits', kind: 'dense' as const, units: 'classes' as const },
  ];
  const input = { size: [16, 16] as [number, number], channels: 3 };
  const { id } = await ask(page(), 'networks.save', { name: 'draft', json: { input, layers: layers(3) } });
  await expect
    .poll(() => page().getByLabel('Network to look into').locator('option').allInnerTexts())
    .toContain('draft (untrained)');
  await look('draft (untrained)');
  await strip().getByRole('button', { name: 'conv3, Convolution, 14 × 14 × 3' }).click();
  await page().getByRole('tab', { name: 'Maps' }).click();
  await expect.poll(body).toContain('3 maps of 14 × 14 cells');
  await ask(page(), 'networks.save', { id, name: 'draft', json: { input, layers: layers(5) } });
  await strip().getByRole('button', { name: 'conv5, Convolution, 14 × 14 × 5' }).waitFor();
  await expect.poll(body).toContain('5 maps of 14 × 14 cells');
  expect(await page().getByRole('alert').allInnerTexts()).toEqual([]);
});

/** A small network with a layer for every tab. */
const every = {
  input: { size: [24, 24] as [number, number], channels: 3 },
  layers: [
    { name: 'conv', kind: 'conv2d' as const, filters: 4, kernelSize: 3 },
    { name: 'bn', kind: 'batchNorm' as const },
    { name: 'relu', kind: 'activation' as const, function: 'relu' as const },
    { name: 'pool', kind: 'maxPool' as const, poolSize: 2 },
    { name: 'gap', kind: 'globalAvgPool' as const },
    { name: 'logits', kind: 'dense' as const, units: 'classes' as const },
  ],
};
const settled = (what: string) => expect.poll(body, { message: what }).not.toMatch(/Computing|^Reading/m);

/** Of 260 image changes in the soak, with a tab each. */
const timeout = soak ? 1_800_000 : 180_000;

/** What the page holds once its garbage is collected, and the engine's memory in bytes. */
async function held() {
  const session = await page().context().newCDPSession(page());
  for (let time = 0; time < 3; time++) await session.send('HeapProfiler.collectGarbage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const engine = processRunning('src-main/engine/main.ts', running.app.process().pid!)!;
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${engine}/status`, 'utf8'))!;
  return { nodes, listeners: jsEventListeners, heap: usedSize, engine: 1024 * Number(resident[1]) };
}

test(`every tab, and nothing piles up in the page over ${soak ? 200 : 12} image changes`, { timeout }, async () => {
  await ask(page(), 'networks.save', { name: 'every', json: every });
  await expect
    .poll(() => page().getByLabel('Network to look into').locator('option').allInnerTexts())
    .toContain('every (untrained)');
  await look('every (untrained)');
  await expect.poll(() => strip().getByRole('button').count()).toBe(6);
  const open = async (layer: string) => {
    await strip()
      .getByRole('button', { name: new RegExp(`^${layer}, `) })
      .click();
    return page().getByRole('tab').allInnerTexts();
  };
  const places: { layer: string; tab: string }[] = [];
  for (const layer of ['conv', 'bn', 'pool', 'logits']) {
    for (const tab of await open(layer)) {
      if (!places.some((place) => place.tab === tab)) places.push({ layer, tab });
    }
  }
  expect(places.map(({ tab }) => tab)).toContain('Batch norm');
  let at = 0;
  const change = async (times: number) => {
    for (const last = at + times; at < last; at++) {
      const { layer, tab } = places[at % places.length]!;
      await page().getByRole('button', { name: 'Next image' }).click();
      await open(layer);
      await page().getByRole('tab', { name: tab, exact: true }).click();
      await settled(`${tab} of ${layer}`);
    }
    // Counted where the same is on the screen.
    await open('conv');
    await page().getByRole('tab', { name: 'Maps' }).click();
    await expect.poll(body).toContain('fixed batch');
  };
  await change(soak ? 60 : places.length);
  const before = await held();
  const changes = soak ? 200 : 12;
  await change(changes);
  const after = await held();
  const grown = (what: keyof typeof before) => (after[what] - before[what]) / changes;
  console.log(`after ${changes} image changes`, before, after);
  expect(grown('nodes')).toBeLessThan(10);
  expect(grown('listeners')).toBeLessThan(2);
  if (soak) {
    expect(grown('heap')).toBeLessThan(20_000);
    expect(grown('engine')).toBeLessThan(200_000);
  }
  expect(await running.problems()).toEqual([]);
});

test.runIf(soak).each([
  ['tiny (untrained)', 60, 100],
  ['large (untrained)', 30, 1000],
])('from a click to the maps of every layer of %s, %i times: p95 within %i ms', async (name, times, limit) => {
  await look(name);
  await page().getByRole('tab', { name: 'Maps' }).click();
  await page().waitForTimeout(3000);
  const measured = await page().evaluate(async (times) => {
    let last = 0;
    const draw = Object.getOwnPropertyDescriptor(CanvasRenderingContext2D.prototype, 'drawImage')!;
    const original = draw.value as (...given: unknown[]) => void;
    CanvasRenderingContext2D.prototype.drawImage = function (this: unknown, ...given: unknown[]) {
      last = performance.now();
      original.apply(this, given);
    };
    const button = document.querySelector<HTMLButtonElement>('button[aria-label="Next image"]')!;
    const found: number[] = [];
    for (let turn = 0; turn < times; turn++) {
      const start = performance.now();
      button.click();
      // All is drawn when nothing more has been for a while.
      do await new Promise((resolve) => setTimeout(resolve, 30));
      while (last < start || performance.now() - last < 500);
      found.push(last - start);
    }
    Object.defineProperty(CanvasRenderingContext2D.prototype, 'drawImage', draw);
    return found.sort((a, b) => a - b);
  }, times);
  const at = (share: number) => Math.round(measured[Math.floor(share * times)]!);
  console.log(`${name}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, load ${loadavg()[0]?.toFixed(1)}`);
  expect(at(0.95)).toBeLessThan(limit);
});
