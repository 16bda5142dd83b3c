import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { text } from '../../src-renderer/messages/index.ts';
import type { EngineState } from '../../src-main/shared/app.ts';
import { descendants, processRunning, screenshot, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';
import { expectWithin } from '../clock.ts';

const engineModule = 'src-main/engine/main.ts';
const decoderModule = 'src-main/decoder/main.ts';
const mainOf = ({ app }: RunningApp) => app.process().pid ?? 0;
const engineOf = (running: RunningApp) => pidOf(engineModule, running);

/** Never 0: a signal to that would end this test's own processes. */
function pidOf(module: string, running: RunningApp): number {
  const pid = processRunning(module, mainOf(running));
  if (pid === undefined) throw new Error(`No process runs ${module}.`);
  return pid;
}

declare global {
  interface Window {
    states: EngineState['state'][];
    shown: string[];
  }
}

/**
 * Collects all that the window shows from now on: what comes and goes quickly, or late on a busy machine, is not missed
 * between two looks. Returns a wait for one of these texts.
 */
async function watchTexts({ page }: RunningApp): Promise<(wanted: string) => Promise<void>> {
  await page.evaluate(() => {
    window.shown = [];
    const look = () => void window.shown.push(document.body.innerText);
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  return async (wanted) => {
    const isShown = (text: string) => window.shown.some((shown) => shown.includes(text));
    await page.waitForFunction(isShown, wanted, { timeout: 60_000 });
  };
}

const doctor = ({ page }: RunningApp) => page.evaluate(() => window.receptive.request('engine.doctor'));

describe('an engine that is killed', () => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp({ project: 'demo:clothes' });
    // Answered once the engine is ready and the project open.
    await doctor(running);
    await running.page.evaluate(() => {
      window.states = [];
      window.receptive.on('engine.state', ({ state }) => window.states.push(state));
    });
  });
  afterAll(() => running.close());

  test('the window lives, says so, and works again on the same project within 5 s', async () => {
    const { page } = running;
    const current = () => page.evaluate(() => window.receptive.request('project.current'));
    const before = await current();
    if (!before.ok) throw new Error(before.error.message);
    expect(before.value?.name).toBe('clothes');
    const engine = engineOf(running);
    const waitFor = await watchTexts(running);

    const at = performance.now();
    process.kill(engine, 'SIGKILL');
    await waitFor(text.shell.engine.restarting);
    await screenshot(page, 'engine-lost');
    await expect.poll(async () => (await doctor(running)).ok, { timeout: 60_000, interval: 50 }).toBe(true);
    expectWithin(5_000, at);

    expect(await page.evaluate(() => window.states)).toEqual(['lost', 'starting', 'ready']);
    expect(await current()).toMatchObject({ ok: true, value: { path: before.value?.path } });
    expect(engineOf(running)).not.toBe(engine);
    await expect
      .poll(() => page.locator('body').innerText(), { timeout: 60_000 })
      .not.toContain(text.shell.engine.restarting);
  });

  test('a request it was working on is answered, as lost', async () => {
    const engine = engineOf(running);
    process.kill(engine, 'SIGSTOP');
    const waiting = doctor(running);
    await running.page.waitForTimeout(200);
    process.kill(engine, 'SIGKILL');
    expect(await waiting).toMatchObject({ ok: false, error: { code: 'engine-lost' } });
    await expect.poll(() => doctor(running), { timeout: 60_000 }).toMatchObject({ ok: true });
  });

  test('a picture it was working on is shown once it is back', async () => {
    const firstImage = async () => {
      const list = await running.page.evaluate(() => window.receptive.request('images.list', { status: 'ok' }));
      return list.ok ? list.value.ids[0] : undefined;
    };
    // The import goes on where the engine was killed before.
    await expect.poll(firstImage).toBeDefined();
    const id = await firstImage();
    const engine = engineOf(running);
    process.kill(engine, 'SIGSTOP');
    const width = running.page.evaluate(
      (id) =>
        new Promise<number>((resolve) => {
          const image = new Image();
          image.onload = () => resolve(image.naturalWidth);
          image.onerror = () => resolve(0);
          image.src = `app://image/${id}?size=61`;
        }),
      id,
    );
    await running.page.waitForTimeout(200);
    process.kill(engine, 'SIGKILL');
    expect(await width).toBeGreaterThan(0);
  });
});

describe('a decoder that is killed', () => {
  test('the window says so, and images are shown again within 5 s', async () => {
    const running = await startApp({ project: 'demo:clothes' });
    onTestFinished(() => running.close());
    const { page } = running;
    const thumbnail = (id: number) =>
      page.evaluate((id) => window.receptive.request('images.thumbnail', { id, size: 64 }), id);
    const list = async () => {
      const reply = await page.evaluate(() => window.receptive.request('images.list', {}));
      return reply.ok ? [...reply.value.ids] : [];
    };
    // The demo's images arrive one after the other.
    await expect.poll(async () => (await list()).length, { timeout: 60_000 }).toBeGreaterThan(1);
    const ids = await list();
    expect(await thumbnail(ids[0] ?? 0)).toMatchObject({ ok: true });

    const waitFor = await watchTexts(running);
    const at = performance.now();
    process.kill(pidOf(decoderModule, running), 'SIGKILL');
    await waitFor(text.shell.decoderLost);
    expect(await thumbnail(ids.at(-1) ?? 0)).toMatchObject({ ok: true });
    expectWithin(5_000, at);
  });
});

describe('no process is left behind', () => {
  const alive = (pids: number[]) =>
    pids.filter((pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    });

  test('when the window is closed', async () => {
    const running = await startApp();
    await doctor(running);
    const pids = descendants(mainOf(running));
    expect(pids).toContain(engineOf(running));
    await running.close();
    const at = performance.now();
    await expect.poll(() => alive(pids), { timeout: 60_000 }).toEqual([]);
    expectWithin(5_000, at);
  });

  test('when main is killed', async () => {
    const running = await startApp();
    await doctor(running);
    const pids = descendants(mainOf(running));
    expect(pids).toContain(engineOf(running));
    process.kill(mainOf(running), 'SIGKILL');
    const at = performance.now();
    await expect.poll(() => alive(pids), { timeout: 60_000 }).toEqual([]);
    expectWithin(5_000, at);
    await running.close().catch(() => undefined);
  });
});
