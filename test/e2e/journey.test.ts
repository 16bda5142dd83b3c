/** The main job as a newcomer does it, from the demo images to a model taken away. One story: each test goes on from the last. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dropFiles, processRunning, resize, root, screenshot, setTheme, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

let running: RunningApp;
let folder: string;
const page = () => running.page;
const body = () => page().locator('body').innerText();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'receptive-journey-'));
  running = await startApp({ project: 'demo:clothes' });
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The view in the four looks that a person may meet it in: both window sizes, light and dark. */
async function look(name: string): Promise<void> {
  for (const [width, height] of [
    [1440, 900],
    [1024, 700],
  ] as const) {
    await resize(running.app, { width, height });
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(running, theme);
      await page().waitForTimeout(150); // charts and maps are drawn anew in the frame after
      await screenshot(page(), `${name}-${width}x${height}-${theme}`);
    }
  }
  await setTheme(running, 'light');
  await resize(running.app, { width: 1440, height: 900 });
}

test('the demo images come in', async () => {
  await expect.poll(body, { timeout: 60_000 }).toContain('2,000 images brought in');
  await expect.poll(() => page().locator('img').count()).toBeGreaterThan(10);
  await look('images');
});

test('two images are labelled by key, and one is taken back', async () => {
  const labels = async () => {
    const facts = await Promise.all(
      [1, 2].map((id) => page().evaluate((id) => window.receptive.request('images.facts', { id }), id)),
    );
    const classes = await page().evaluate(() => window.receptive.request('classes.list'));
    if (!classes.ok) throw new Error(classes.error.message);
    return facts.map((facts) => facts.ok && classes.value.find(({ id }) => id === facts.value.classId)?.name);
  };
  expect(await labels()).toEqual(['ankle-boot', 'ankle-boot']);
  await page().getByRole('listbox').getByRole('option').first().click();
  await page().keyboard.press('2');
  await page().keyboard.press('3');
  await expect.poll(labels).toEqual(['bag', 'coat']);
  await page().keyboard.press('Control+z');
  await expect.poll(labels).toEqual(['bag', 'ankle-boot']);
  await page().keyboard.press('Control+z');
  await expect.poll(labels).toEqual(['ankle-boot', 'ankle-boot']);
});

test('a layer is edited, and every figure follows', async () => {
  await page().keyboard.press('Control+2');
  await page()
    .getByRole('row', { name: /^conv1 / })
    .click();
  await page().getByLabel('Filters').fill('8');
  await expect
    .poll(() =>
      page()
        .getByRole('row', { name: /^conv2 / })
        .innerText(),
    )
    .toContain('2,304'); // 8 x 32 x 3 x 3
  await look('network');
});

test('two epochs are trained, with live curves', async () => {
  await page().keyboard.press('Control+3');
  await page().getByLabel('Epochs', { exact: true }).fill('2');
  await page().getByLabel('Batch size').fill('32');
  await page().getByRole('button', { name: 'Start training' }).click();
  await expect.poll(body, { timeout: 60_000, interval: 100 }).toMatch(/[\d,]+ images\/s/);
  await screenshot(page(), 'train-going');
  await expect.poll(body, { timeout: 120_000 }).toContain('Training is completed');
  const runs = await page().evaluate(() => window.receptive.request('runs.list'));
  if (!runs.ok) throw new Error(runs.error.message);
  expect(runs.value).toMatchObject([
    { end: 'completed', epochs: 2, classes: expect.arrayContaining(['bag', 'trouser']) },
  ]);
  expect(runs.value[0]!.last!.accuracy).toBeGreaterThan(0.4);
  await look('train');
});

test('the maps of every layer, pooling and batch norm can be looked into', async () => {
  await page().keyboard.press('Control+4');
  const strip = page().getByRole('toolbar', { name: 'Layers of the network, from input to output' });
  await strip.getByRole('button', { name: /^conv1, / }).click();
  await expect.poll(body).toContain('8 maps of 28 × 28 cells');
  await page()
    .locator('canvas', { hasText: 'Maps of conv1' })
    .hover({ position: { x: 40, y: 40 } });
  await expect.poll(body).toMatch(/row \d+, column \d+: −?[\d.]+/);
  await look('inspect-maps');

  await strip.getByRole('button', { name: /^pool1, / }).click();
  await page().getByRole('tab', { name: 'Pooling' }).click();
  await expect.poll(body).toMatch(/This layer pools relu1 by max[\s\S]*Strided[\s\S]*What each keeps/);
  await look('inspect-pooling');

  await strip.getByRole('button', { name: /^bn1, / }).click();
  await page().getByRole('tab', { name: 'Batch norm' }).click();
  await expect.poll(body).toContain('Measured on a fixed batch of 64 training images');
  await expect
    .poll(() =>
      page()
        .getByRole('table', { name: /Statistics of bn1/ })
        .getByRole('row')
        .count(),
    )
    .toBe(9);
  await look('inspect-batch-norm');
});

test('evaluating is stopped, survives its process, and measures the run on what was held out', async () => {
  await page().keyboard.press('Control+5');
  const evaluate = page().getByRole('button', { name: 'Evaluate', exact: true }).last();
  const stop = page().getByRole('button', { name: 'Stop evaluating' });
  const isMeasured = async () => /Precision[\s\S]*trouser/.test(await body());
  /** Presses Evaluate until its process was met before it was done, then `press` until it came to `outcome`. */
  const interrupted = async (meet: NodeJS.Signals, press: () => Promise<void>, outcome: string) => {
    for (;;) {
      await evaluate.click();
      let pid: number | undefined;
      while (pid === undefined && !(await isMeasured()))
        pid = processRunning('evaluator-main', running.app.process().pid ?? 0);
      if (pid === undefined) continue;
      try {
        process.kill(pid, meet);
      } catch {
        continue; // It was done at that moment.
      }
      await expect
        .poll(async () => {
          await press();
          return (await body()).includes(outcome) || (await isMeasured());
        })
        .toBe(true);
      if (!(await isMeasured())) return;
    }
  };
  let isSeen = false;
  await interrupted(
    'SIGSTOP',
    async () => {
      if (!(await stop.isVisible())) return;
      if (!isSeen) await look('evaluate-busy');
      isSeen = true;
      await stop.click({ timeout: 1_000 }).catch(() => undefined);
    },
    'Evaluating was stopped',
  );
  await expect.poll(body).toContain('Press Evaluate to start again');
  await look('evaluate-stopped');
  await interrupted('SIGKILL', () => Promise.resolve(), 'Nothing was evaluated');
  await expect.poll(body).toContain('The process that evaluates ended (SIGKILL)');
  await evaluate.click();
  await expect.poll(body, { timeout: 60_000 }).toMatch(/Precision[\s\S]*trouser/);
  await look('evaluate');
});

test('an image and a broken one that are dropped on the window are classified', async () => {
  const unseen = path.join(root, 'resources/demo/clothes-unseen/trouser');
  const image = path.join(folder, 'drop me.png');
  copyFileSync(path.join(unseen, readdirSync(unseen)[0]!), image);
  await dropFiles(page(), [image, path.join(root, 'package.json')], 700, 500);
  await expect.poll(body).toContain('2 images, 1 could not be classified'); // in Classify, though Evaluate was open
  await expect.poll(body).toMatch(/drop me\.png[\s\S]*trouser[\s\S]*\d %/);
  await look('classify');
});

test('classifying whose process is killed keeps what was done, and says that it ended early', async () => {
  const images = path.join(root, 'resources/demo/clothes');
  const stop = page().getByRole('button', { name: 'Stop classifying' });
  const counted = /([\d,]+) images/;
  const count = async () => {
    const [said = ''] = await page().getByRole('status').filter({ hasText: counted }).allInnerTexts();
    return Number((counted.exec(said)?.[1] ?? '0').replace(',', ''));
  };
  const isOver = async () => !(await stop.isVisible());
  /** Until its process was killed before it was done; at first that may be the one that Evaluate keeps. */
  do {
    await page().getByRole('button', { name: 'Clear results' }).click();
    await dropFiles(page(), [images], 700, 500);
    await expect.poll(count, { timeout: 60_000, interval: 20 }).toBeGreaterThan(0);
    const pid = processRunning('evaluator-main', running.app.process().pid ?? 0);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await expect.poll(isOver, { timeout: 60_000 }).toBe(true);
  } while ((await count()) === 2_000);
  expect(await body()).toContain('Classifying ended early');
  await expect.poll(body).toContain('The process that classifies ended (SIGKILL)');
  expect((await count()) % 64).toBe(0);
  await look('classify-ended-early');

  await page().getByRole('button', { name: 'Clear results' }).click();
  await dropFiles(page(), [path.join(images, 'bag')], 700, 500);
  await expect.poll(count, { timeout: 60_000 }).toBe(200);
  await expect.poll(isOver).toBe(true);
  expect(await body()).not.toContain('ended early');
});

test('the model is taken away', async () => {
  const out = path.join(folder, 'model');
  // The system's own dialog cannot be driven; what it would answer is put in its place.
  await running.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, out);
  await page().getByRole('button', { name: 'Export for TensorFlow.js…' }).click();
  await expect.poll(body, { timeout: 60_000 }).toContain('The model was exported');
  expect(readdirSync(out).sort()).toEqual(['metadata.json', 'model.json', 'weights.bin']);
  expect(JSON.parse(readFileSync(path.join(out, 'metadata.json'), 'utf8')).classes).toHaveLength(10);
  await screenshot(page(), 'export');
  await page().keyboard.press('Escape');
});

test('reopened, the project has its labels, network and run as they were', async () => {
  const read = () =>
    page().evaluate(async () => {
      const [images, networks, runs] = [
        await window.receptive.request('images.list', {}),
        await window.receptive.request('networks.list'),
        await window.receptive.request('runs.list'),
      ];
      return images.ok && networks.ok && runs.ok
        ? { labels: [...images.value.classIds], networks: networks.value, runs: runs.value }
        : null;
    });
  const before = await read();
  expect(before?.runs).toHaveLength(1);
  expect(await running.problems()).toEqual([]);
  await running.close({ keepHome: true });
  expect(existsSync(running.home)).toBe(true);
  running = await startApp({ project: 'demo:clothes', home: running.home });
  await page().evaluate(() => window.receptive.request('engine.doctor'));
  expect(await read()).toEqual(before);
});
