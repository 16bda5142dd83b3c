/**
 * The Images view with very many images, in the real window: the first pictures, scrolling from end to end, labelling by
 * keys, filters and orders, memory. 2,000 images in every run; 100,000 in the soak, which asserts and prints the times.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { text } from '../../src-renderer/messages/index.ts';
import { imageOrders } from '../../src-main/shared/image-query.ts';
import type { ImageQuery } from '../../src-main/shared/image-query.ts';
import { makeLargeProject } from '../large-project.ts';
import { descendants, screenshot, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

const soak = process.env['RECEPTIVE_SOAK'] !== undefined;
const count = soak ? 100_000 : 2000;
const fewer = 10_000;

let folder: string;
let running: RunningApp;
const page = () => running.page;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'receptive-many-'));
  running = await startWith(count);
}, 300_000);
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A home with one project of so many images, which is opened from the list of recent ones. */
async function startWith(images: number): Promise<RunningApp> {
  const home = mkdtempSync(path.join(folder, `${images}-`));
  const before = process.env['XDG_DATA_HOME'];
  process.env['XDG_DATA_HOME'] = path.join(home, 'data');
  mkdirSync(process.env['XDG_DATA_HOME'], { recursive: true });
  makeLargeProject(home, images);
  if (before === undefined) delete process.env['XDG_DATA_HOME'];
  else process.env['XDG_DATA_HOME'] = before;
  const started = await startApp({ home });
  await watchFrames(started);
  await started.page.getByRole('button', { name: new RegExp(`^Many ${images}`) }).waitFor();
  return started;
}

/** Measures what the page shows, in the page: the times of frames, and when pictures are drawn. */
async function watchFrames({ page }: RunningApp): Promise<void> {
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const tick = (now: number): void => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    Object.assign(window, { takeFrames: () => frames.splice(0) });
  });
}
const takeFrames = () => page().evaluate(() => (window as unknown as { takeFrames(): number[] }).takeFrames());

const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
function say(what: string, values: number[]): void {
  const figures = [0.5, 0.95, 1].map((share) => quantile(values, share).toFixed(0));
  console.log(
    `${what}: median ${figures[0]}, p95 ${figures[1]}, max ${figures[2]} ms (${values.length}); load ${loadavg()[0]}`,
  );
}

/** Of the processes of the app, by what they are, in MB that are theirs alone: files that are only read do not count. */
function memory({ app }: RunningApp): Record<string, number> {
  const kinds: [string, RegExp][] = [
    ['engine', /engine\/main\.ts/],
    ['decoder', /decoder\/main\.ts/],
    ['page', /--type=renderer/],
    ['graphics', /--type=gpu-process/],
    ['utility', /--type=utility/],
  ];
  const used: Record<string, number> = {};
  const main = app.process().pid!;
  for (const pid of [main, ...descendants(main)]) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const kind = pid === main ? 'main' : kinds.find(([, pattern]) => pattern.test(command))?.[0];
      const kilobytes = /^Private_Dirty:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
      if (kind) used[kind] = (used[kind] ?? 0) + Number(kilobytes) / 1024;
    } catch {
      // It ended meanwhile.
    }
  }
  return used;
}

const grid = () => page().getByRole('listbox', { name: text.images.grid });

/** Opens the project; resolves with the time from the click to the first picture drawn, ms. */
async function openProject({ page }: RunningApp, images: number): Promise<number> {
  return page.evaluate(async (name) => {
    const button = [...document.querySelectorAll('button')].find((button) => button.innerText.startsWith(name));
    if (!button) throw new Error('There is no such project.');
    const start = performance.now();
    button.click();
    for (;;) {
      const pictures = [...document.querySelectorAll<HTMLImageElement>('[role="option"] img')];
      if (pictures.length > 0 && pictures.every((picture) => picture.complete && picture.naturalWidth > 0)) break;
      await new Promise(requestAnimationFrame);
    }
    await new Promise(requestAnimationFrame);
    return performance.now() - start;
  }, `Many ${images}`);
}

test('the first pictures are there soon after the project is opened', async () => {
  const time = await openProject(running, count);
  console.log(`first pictures of ${count} images after ${time.toFixed(0)} ms; load ${loadavg()[0]}`);
  if (soak) expect(time).toBeLessThan(1000);
  await page().getByText(text.images.count(count)).waitFor();
  await screenshot(page(), `many-${count}`);
});

/** The numbers of the pictures in sight, which stand in their order: they must be the ones of these places. */
const placesInSight = () =>
  grid().evaluate((list) => {
    const box = list.getBoundingClientRect();
    return [...list.querySelectorAll<HTMLElement>('[data-index]')]
      .filter((tile) => {
        const { top, bottom } = tile.getBoundingClientRect();
        return top >= box.top && bottom <= box.bottom;
      })
      .map((tile) => ({
        index: Number(tile.dataset['index']),
        src: tile.querySelector('img')?.src ?? '',
        drawn: (tile.querySelector('img')?.naturalWidth ?? 0) > 0,
      }));
  });

async function expectPictures(): Promise<void> {
  await expect.poll(async () => (await placesInSight()).every(({ drawn }) => drawn)).toBe(true);
  for (const { index, src } of await placesInSight()) expect(src).toContain(`app://image/${index + 1}?`);
}

test('scrolling from end to end never stops the page', async () => {
  await takeFrames();
  const end = await grid().evaluate(async (list) => {
    const end = list.scrollHeight - list.clientHeight;
    // As fast as a drag of the scroll bar: the whole list in five seconds, there and half of the way back.
    for (let step = 0; step <= 300; step++) {
      list.scrollTop = (end * step) / 300;
      await new Promise(requestAnimationFrame);
    }
    for (let step = 300; step >= 150; step--) {
      list.scrollTop = (end * step) / 300;
      await new Promise(requestAnimationFrame);
    }
    return end;
  });
  expect(end).toBeGreaterThan(1000);
  const dragged = await takeFrames();
  await expectPictures();
  await takeFrames();
  await grid().focus();
  for (let presses = 0; presses < 60; presses++) await page().keyboard.press('PageDown');
  for (const key of ['End', 'Home', 'End', 'Home']) {
    await page().keyboard.press(key);
    await expectPictures();
  }
  const paged = await takeFrames();
  say('frames while the scroll bar is dragged', dragged);
  say('frames while PageDown, End and Home are pressed', paged);
  if (soak) expect(Math.max(...dragged, ...paged)).toBeLessThan(100);
});

/**
 * Presses keys one after another, each as soon as the image after the last one is drawn; times from the key press, as
 * the window system tells it, to the frame after the one that draws it, ms. `shown` finds the picture of the image that
 * the keyboard is at.
 */
async function pressAndWatch(keys: readonly string[], shown: string): Promise<number[]> {
  const times: number[] = [];
  for (const key of keys) {
    await page().evaluate((shown) => {
      const drawnBefore = document.querySelector<HTMLImageElement>(shown)?.src;
      const done = new Promise<number>((resolve) => {
        const onkeydown = ({ timeStamp }: KeyboardEvent): void => {
          const look = async (): Promise<void> => {
            const picture = document.querySelector<HTMLImageElement>(shown);
            if (!picture || picture.src === drawnBefore || !picture.complete || picture.naturalWidth === 0) {
              requestAnimationFrame(() => void look());
              return;
            }
            await picture.decode();
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)));
          };
          void look();
        };
        window.addEventListener('keydown', onkeydown, { capture: true, once: true });
      });
      Object.assign(window, { drawn: done });
    }, shown);
    await page().keyboard.press(key);
    times.push(await page().evaluate(() => (window as unknown as { drawn: Promise<number> }).drawn));
  }
  return times;
}

const labelOf = (ids: number[]) =>
  page().evaluate(async (ids) => {
    const reply = await window.receptive.request('images.list', {});
    if (!reply.ok) throw new Error(reply.error.message);
    const { value } = reply;
    return ids.map((id) => value.classIds[value.ids.indexOf(id)]);
  }, ids);

const keys = Array.from({ length: soak ? 200 : 20 }, (_, index) => String(1 + ((index * 7) % 9)));
const factsPicture = `[aria-label="${text.images.facts}"] .layer:not(.waiting) img`;
const closerPicture = '.closer .layer:not(.waiting) img';

test('a class’s key labels the image, and the next one is drawn', async () => {
  await page().keyboard.press('Home');
  const times = await pressAndWatch(keys, factsPicture);
  say('from a key to the next image, in the grid', times);
  const ids = keys.map((_, index) => index + 1);
  await expect.poll(() => labelOf(ids)).toEqual(keys.map(Number));
  await page().getByText(text.images.saved).waitFor();
  if (soak) expect(quantile(times, 0.95)).toBeLessThan(50);
});

test('so it is with the image shown large', async () => {
  await page().keyboard.press(' ');
  await page().locator(closerPicture).waitFor();
  const times = await pressAndWatch(keys, closerPicture);
  say('from a key to the next image, shown large', times);
  await page().keyboard.press(' ');
  await page().locator('.closer').waitFor({ state: 'detached' });
  const ids = keys.map((_, index) => keys.length + index + 1);
  await expect.poll(() => labelOf(ids)).toEqual(keys.map(Number));
  if (soak) expect(quantile(times, 0.95)).toBeLessThan(50);
});

test('with the unlabelled shown, each that is labelled leaves, and the next stands in its place', async () => {
  const unlabelled = await page().evaluate(async () => {
    const reply = await window.receptive.request('images.list', { classId: null });
    return reply.ok ? [...reply.value.ids] : [];
  });
  await page()
    .getByRole('button', { name: new RegExp(`^${text.images.unlabelled}`) })
    .click();
  await page().getByText(text.images.count(unlabelled.length), { exact: true }).waitFor();
  await grid().focus();
  await page().keyboard.press('Home');
  const times = await pressAndWatch(keys, factsPicture);
  say('from a key to the next image, among the unlabelled', times);
  await page()
    .getByText(text.images.count(unlabelled.length - keys.length), { exact: true })
    .waitFor();
  await expect.poll(() => labelOf(unlabelled.slice(0, keys.length))).toEqual(keys.map(Number));
  // As fast as they come: nothing waits for what was typed before.
  const typed = '123456789'.repeat(3);
  await page().keyboard.type(typed);
  const next = unlabelled.slice(keys.length, keys.length + typed.length);
  await expect.poll(() => labelOf(next)).toEqual([...typed].map(Number));
  expect(await labelOf([unlabelled[keys.length + typed.length]!])).toEqual([0]);
  if (soak) expect(quantile(times, 0.95)).toBeLessThan(50);
  await page()
    .getByRole('button', { name: new RegExp(`^${text.classes.all}`) })
    .click();
});

/** Asks for a list as the page does, and takes the time until it is in the page, ms. */
async function timeOf(query: object): Promise<{ time: number; images: number }> {
  return page().evaluate(async (query) => {
    const start = performance.now();
    const reply = await window.receptive.request('images.list', query);
    return { time: performance.now() - start, images: reply.ok ? reply.value.ids.length : -1 };
  }, query);
}

const filters: Record<string, ImageQuery> = {
  none: {},
  class: { classId: 3 },
  unlabelled: { classId: null },
  status: { status: 'warning' },
  split: { split: 'train' },
  size: { longerSide: { from: 10, to: 100 } },
  format: { format: 'png' },
  date: { modified: { from: 0 } },
  prediction: { predictedId: 2 },
  wrong: { predictedWrongly: true },
  confidence: { confidence: { from: 0.5, to: 1 } },
  text: { text: '1' },
  finding: { finding: 'nearDuplicate' },
  all: { status: 'ok', split: 'train', format: 'png', confidence: { from: 0.1 }, text: '1', modified: { from: 0 } },
};

test('filters and orders, freely combined, are there at once', async () => {
  const times: number[] = [];
  for (const [name, filter] of Object.entries(filters)) {
    for (const by of imageOrders) {
      const { time, images } = await timeOf({ ...filter, sort: { by, descending: true } });
      expect(images, name).toBeGreaterThan(0);
      times.push(time);
    }
  }
  say('a filter and an order, from the page’s question to the list in the page', times);
  if (soak) expect(Math.max(...times)).toBeLessThan(200);
});

/** After the same work: folders looked through, to the end of the list and back, every filter and order, sixty labels. */
async function memoryAfterWork(images: number): Promise<Record<string, number>> {
  const app = await startWith(images);
  try {
    const { page } = app;
    await openProject(app, images);
    await page.waitForTimeout(20_000);
    const list = page.getByRole('listbox', { name: text.images.grid });
    await list.evaluate(async (list) => {
      const end = list.scrollHeight - list.clientHeight;
      for (let step = 0; step <= 300; step++) {
        list.scrollTop = (end * step) / 300;
        await new Promise(requestAnimationFrame);
      }
    });
    await list.focus();
    for (let presses = 0; presses < 60; presses++) await page.keyboard.press('PageUp');
    await page.keyboard.press('Home');
    for (let labels = 0; labels < 60; labels++) await page.keyboard.press(String((labels % 9) + 1));
    const queries = Object.values(filters).flatMap((filter) =>
      imageOrders.map((by) => ({ ...filter, sort: { by, descending: true } })),
    );
    for (const query of queries) {
      await page.evaluate(async (query) => {
        // Not returned: Playwright would have the page and main make a text of it, many times as large.
        await window.receptive.request('images.list', query);
      }, query);
    }
    await page.waitForTimeout(10_000);
    return memory(app);
  } finally {
    await app.close();
  }
}

test.runIf(soak)(
  'a hundred thousand take little more memory than ten thousand',
  async () => {
    const large = await memoryAfterWork(count);
    const small = await memoryAfterWork(fewer);
    for (const [kind, used] of Object.entries(large)) {
      console.log(`${kind}: ${used.toFixed(0)} MB with ${count} images, ${small[kind]?.toFixed(0)} MB with ${fewer}`);
    }
    for (const [kind, used] of Object.entries(large)) {
      // A process that had nothing to do here was not even started.
      if (small[kind] !== undefined) expect(used - small[kind], kind).toBeLessThan(20);
    }
  },
  900_000,
);
