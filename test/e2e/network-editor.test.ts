import { afterAll, beforeAll, expect, test } from 'vitest';
import { screenshot, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

let running: RunningApp;
const page = () => running.page;
const filters = () => page().getByLabel('Filters');
const row = (name: string) => page().getByRole('row', { name: new RegExp(`^${name} `) });
/** What the project's disk holds, not what the page shows. */
const savedFilters = () =>
  page().evaluate(async () => {
    const networks = await window.receptive.request('networks.list');
    return networks.ok ? networks.value.map(({ json }) => (json.layers[0] as { filters: unknown }).filters) : null;
  });

beforeAll(async () => {
  running = await startApp({ project: 'demo:clothes' });
  // Answered once the engine is ready and the project open.
  await page().evaluate(() => window.receptive.request('engine.doctor'));
  // A click waits until the rail can be used, that is until the page has read the project; a key does not.
  await page().getByRole('navigation').getByRole('button', { name: 'Network' }).click();
  // Until it is edited, the first network fits itself to the images as they come in: small and grey.
  await page()
    .getByRole('row', { name: /^conv1 .*28 × 28 × 16 144/ })
    .waitFor();
  await row('conv1').click();
});
afterAll(() => running.close());

test('an edit changes the figures at once and is on disk a moment later', async () => {
  await filters().fill('20');
  await expect.poll(() => row('conv1').innerText()).toMatch(/28 × 28 × 20[\s\S]*180/);
  await expect.poll(() => row('bn1').innerText()).toMatch(/28 × 28 × 20/);
  await expect.poll(savedFilters).toEqual([20]);
});

test('a wrong layer says what is wrong and what helps; those below wait', async () => {
  await page().getByLabel('Padding').selectOption('valid');
  await page().getByLabel('Kernel size, height').fill('40');
  await expect.poll(() => row('conv1').innerText()).toMatch(/conv1: 40x3 kernel does not fit its 28x28 input/);
  await expect.poll(() => row('bn1').innerText()).toMatch(/Waiting for the layer above/);
  await screenshot(page(), 'network-wrong-layer');
  await page().getByLabel('Kernel size, height').fill('3');
  await expect.poll(() => row('bn1').innerText()).toMatch(/26 × 26 × 20/);
});

test('undo takes back what was just typed, in the field too', async () => {
  await filters().fill('31');
  await page().getByRole('button', { name: /^Undo/ }).click();
  await expect.poll(() => filters().inputValue()).toBe('20');
  await expect.poll(savedFilters).toEqual([20]);
  await page().getByRole('button', { name: /^Redo/ }).click();
  await expect.poll(() => filters().inputValue()).toBe('31');
});

test('layers are moved, duplicated and removed by keys', async () => {
  const names = () => page().locator('tr[data-index] b').allInnerTexts();
  const before = await names();
  await row('bn1').click();
  await page().keyboard.press('Alt+ArrowDown');
  await expect.poll(async () => (await names()).slice(1, 4)).toEqual(['conv1', 'relu1', 'bn1']);
  await page().keyboard.press('Alt+ArrowUp');
  await page().keyboard.press('Control+d');
  await expect.poll(async () => (await names()).slice(1, 5)).toEqual(['conv1', 'bn1', 'bn4', 'relu1']);
  await page().keyboard.press('Delete');
  await expect.poll(names).toEqual(before);
});

test('a typed digit lays out the rows in sight, not all of a network of 174 layers', async () => {
  await page().getByRole('button', { name: 'Presets' }).click();
  await page().getByRole('menuitem', { name: 'resnet-50' }).first().click();
  await row('conv1-bn').waitFor();
  await row('conv1').click();
  await filters().focus();
  await filters().press('End');
  const session = await page().context().newCDPSession(page());
  await session.send('Performance.enable');
  /** Seconds that the page has spent on laying out so far. */
  const spent = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'LayoutDuration')!.value;
  };
  /** The least of some keys: whatever else the machine does only adds to it. */
  const costOfKey = async () => {
    const costs: number[] = [];
    for (const key of ['1', 'Backspace', '1', 'Backspace', '1', 'Backspace', '1', 'Backspace', '1']) {
      const before = await spent();
      await page().keyboard.press(key);
      await page().evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
      costs.push((await spent()) - before);
    }
    return Math.min(...costs);
  };
  const ofRowsInSight = await costOfKey();
  await expect.poll(() => row('conv1').innerText()).toMatch(/× 641\b/);
  await filters().press('Backspace');
  await page().addStyleTag({ content: '* { content-visibility: visible !important; }' });
  expect(ofRowsInSight).toBeLessThan(0.6 * (await costOfKey()));
});
