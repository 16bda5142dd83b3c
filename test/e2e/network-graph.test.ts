import { afterAll, beforeAll, expect, test } from 'vitest';
import { screenshot, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

let running: RunningApp;
const page = () => running.page;
const node = (name: string) => page().locator('.svelte-flow__node', { has: page().getByText(name, { exact: true }) });
const press = async (...keys: string[]) => {
  for (const key of keys) await page().keyboard.press(key);
};
/** The connections of the last saved network, as the project's disk holds them: "a > b". */
const savedWires = () =>
  page().evaluate(async () => {
    const networks = await window.receptive.request('networks.list');
    const layers = networks.ok ? (networks.value.at(-1)?.json.layers ?? []) : [];
    return layers.flatMap(({ name, from }, index) =>
      (from ?? [layers[index - 1]?.name ?? 'input']).map((source) => `${source} > ${name}`),
    );
  });
const choose = async (dialog: RegExp, typed: string) => {
  await page().getByRole('dialog', { name: dialog }).waitFor();
  await page().keyboard.type(typed);
  await press('Enter');
};
const openMenuItem = async (button: string, item: string) => {
  await page().getByRole('button', { name: button }).click();
  await page().getByRole('menuitem', { name: item }).first().click();
};

/** From the middle of one layer's lower edge to the middle of the other's upper edge. */
async function dragWire(source: string, target: string) {
  const [from, to] = [(await node(source).boundingBox())!, (await node(target).boundingBox())!];
  await page().mouse.move(from.x + from.width / 2, from.y + from.height);
  await page().mouse.down();
  await page().mouse.move(to.x + to.width / 2 - 20, to.y - 10, { steps: 8 });
  await page().mouse.move(to.x + to.width / 2, to.y);
  await page().mouse.up();
}

beforeAll(async () => {
  running = await startApp({ project: 'demo:clothes' });
  await page().evaluate(() => window.receptive.request('engine.doctor'));
  await page().getByRole('navigation').getByRole('button', { name: 'Network' }).click();
  // Until it is edited, the first network fits itself to the images as they come in.
  await page()
    .getByRole('row', { name: /^conv1 .*28 × 28 × 16 144/ })
    .waitFor();
  await openMenuItem('Presets', 'mlp');
});
afterAll(() => running.close());

const mlp = ['input > flatten', 'flatten > dense1', 'dense1 > relu1', 'relu1 > logits'];
/** The dense layer has a shortcut past its activation. */
const shortcut = [...mlp.slice(0, 3), 'relu1 > add1', 'dense1 > add1', 'add1 > logits'];

test('a shortcut is built by keys alone', async () => {
  await expect.poll(savedWires).toEqual(mlp);
  await node('Input').click();
  await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'a');
  await choose(/^Add a layer after relu1/, 'add');
  await expect.poll(() => node('add1').innerText()).toMatch(/joins two layers/);
  await expect.poll(() => node('logits').innerText()).toMatch(/waits/);
  await screenshot(page(), 'network-graph-wrong');
  await press('ArrowUp', 'ArrowUp', 'c');
  await choose(/^Connect dense1 to/, 'add1');
  await expect.poll(savedWires).toEqual(shortcut);
  await expect.poll(() => page().getByText('Can be trained').isVisible()).toBe(true);
});

test('undo goes back to the beginning and redo to the end, step by step', async () => {
  await press('Control+z');
  await expect.poll(savedWires).toContain('add1 > logits');
  await expect.poll(savedWires).not.toContain('dense1 > add1');
  await press('Control+z');
  await expect.poll(savedWires).toEqual(mlp);
  await press('Control+Shift+z', 'Control+Shift+z');
  await expect.poll(savedWires).toEqual(shortcut);
  await node('add1').waitFor();
});

test('a layer is dragged onto a connection, another is connected by its handle, and both go again', async () => {
  await page()
    .getByRole('button', { name: 'Dropout', exact: true })
    .dragTo(page().getByRole('button', { name: 'Add a layer between flatten and dense1' }));
  await expect.poll(savedWires).toEqual(['input > flatten', 'flatten > drop1', 'drop1 > dense1', ...shortcut.slice(2)]);
  await node('drop1').waitFor();
  await dragWire('flatten', 'dense1');
  await expect.poll(savedWires).toContain('flatten > dense1');
  await node('drop1').click();
  await press('Delete');
  await expect.poll(savedWires).toEqual(shortcut);
});

test('layers become a named block that is framed, repeated, and chosen as one', async () => {
  const chosen = () => page().locator('tbody tr[aria-selected="true"] b').allInnerTexts();
  const frame = (name: string) => page().getByRole('button', { name, exact: true });
  await node('dense1').click();
  await node('relu1').click({ modifiers: ['Shift'] });
  await press('r');
  await page().getByRole('dialog').getByLabel('Name of the block').fill('hidden');
  await page().getByRole('dialog').getByRole('button', { name: 'Repeat' }).click();
  await frame('hidden2').waitFor();
  await expect.poll(chosen).toEqual(['hidden1.dense1', 'hidden1.relu1', 'hidden2.dense1', 'hidden2.relu1']);
  await frame('hidden2').click();
  await expect.poll(chosen).toEqual(['hidden2.dense1', 'hidden2.relu1']);
  await press('ArrowUp', 'ArrowUp', 'b');
  await expect.poll(chosen).toEqual(['hidden1.dense1', 'hidden1.relu1']);
  await screenshot(page(), 'network-graph-blocks');
  await press('Control+z');
  await expect.poll(savedWires).toEqual(shortcut);
});

test('several layers are boxed and copied into another project', async () => {
  const [first, last] = [await node('dense1').boundingBox(), await node('relu1').boundingBox()];
  await page().keyboard.down('Shift');
  await page().mouse.move(first!.x - 30, first!.y - 4);
  await page().mouse.down();
  await page().mouse.move(last!.x + last!.width / 2, last!.y + 20, { steps: 8 });
  await page().mouse.up();
  await page().keyboard.up('Shift');
  const chosen = () => page().locator('tbody tr[aria-selected="true"] b').allInnerTexts();
  await expect.poll(chosen).toEqual(['dense1', 'relu1']);
  await node('relu1').focus();
  await press('Control+c');
  await openMenuItem('clothes', 'Emoji');
  await page().locator('.project-menu-trigger', { hasText: 'emoji' }).waitFor();
  await page().getByRole('navigation').getByRole('button', { name: 'Network' }).click();
  await page().locator('.svelte-flow__node').first().waitFor();
  await node('Input').click();
  await press('End', 'ArrowUp', 'Control+v');
  await expect.poll(savedWires).toEqual(expect.arrayContaining(['gap > dense1', 'dense1 > relu4', 'relu4 > logits']));
});

test('blocks of a long network are folded, opened and folded again; the network stays as it was', async () => {
  await openMenuItem('Presets', 'resnet-50');
  await node('block1-1').waitFor();
  await expect.poll(() => node('block1-1').innerText()).toMatch(/12 layers[^]*56 × 56 × 256/);
  const json = await savedWires();
  const chosen = () => page().locator('tbody tr[aria-selected="true"] b').allInnerTexts();
  await node('pool1').click();
  await press('ArrowDown');
  await expect.poll(async () => (await chosen()).length).toBe(12);
  await press('f');
  await node('block1-1.shortcut').waitFor();
  await page().getByRole('button', { name: 'Fold block1-1 to one node' }).click();
  await node('block1-1.shortcut').waitFor({ state: 'detached' });
  await node('block1-1').getByRole('button', { name: 'Open block1-1' }).click();
  await node('block1-1.conv1').waitFor();
  await page().getByRole('button', { name: 'Open all blocks' }).click();
  // Layers out of sight are not drawn; frames are.
  const frameOfLast = page().getByRole('button', { name: 'Fold block4-3 to one node' });
  await frameOfLast.waitFor({ state: 'attached' });
  await page().getByRole('button', { name: 'Fold all blocks' }).click();
  await frameOfLast.waitFor({ state: 'detached' });
  await page()
    .getByRole('button', { name: /^Show the whole graph/ })
    .click();
  await node('logits').waitFor();
  await node('Input').waitFor();
  await screenshot(page(), 'network-graph-folded');
  expect(await savedWires()).toEqual(json);
});
