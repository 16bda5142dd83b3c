import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFiles, root, startApp } from './harness.ts';
import type { RunningApp } from './harness.ts';

let running: RunningApp;
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.setHeader('Access-Control-Allow-Origin', '*').end('window.loaded = true');
});
let outside: string;
const unseen = path.join(root, 'resources/demo/clothes-unseen');

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  outside = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  running = await startApp();
});
afterAll(async () => {
  await running.close();
  server.close();
});

/** Fetched by main, which is bound by no content security policy. */
const get = (url: string) =>
  running.app.evaluate(async ({ net }, url) => {
    const response = await net.fetch(url);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  }, url);

describe('the page', () => {
  test('has no Node, and of Electron only the bridge', async () => {
    const found = await running.page.evaluate(() => ({
      node: ['require', 'process', 'module', 'global', 'Buffer', '__dirname', 'electron', 'ipcRenderer'].filter(
        (name) => name in window,
      ),
      bridge: Object.keys(window.receptive).sort(),
    }));
    expect(found).toEqual({ node: [], bridge: ['on', 'pathsOf', 'request'] });
  });

  test('lives in a sandbox with its own context', async () => {
    const preferences = await running.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      return (contents as unknown as { getLastWebPreferences(): object } | undefined)?.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
    expect(preferences).not.toMatchObject({ webSecurity: false });
  });

  test('cannot change the bridge', async () => {
    const changed = await running.page.evaluate(() => {
      try {
        window.receptive.request = () => Promise.reject(new Error('replaced'));
        return window.receptive.request('app.info').then((reply) => reply.ok);
      } catch {
        return true;
      }
    });
    expect(changed).toBe(true);
  });
});

describe('the content security policy blocks', () => {
  const violation = (action: string) =>
    running.page.evaluate(
      ([action, outside]) =>
        new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
            once: true,
          });
          setTimeout(() => resolve('nothing was blocked'), 3_000);
          const element = (name: string, attributes: Record<string, string>) =>
            document.head.append(Object.assign(document.createElement(name), attributes));
          const actions: Record<string, () => unknown> = {
            'inline script': () => element('script', { textContent: 'window.inline = true' }),
            'script from elsewhere': () => element('script', { src: `${outside}/x.js` }),
            'image from elsewhere': () => element('img', { src: `${outside}/x.png` }),
            'style sheet from elsewhere': () => element('link', { rel: 'stylesheet', href: `${outside}/x.css` }),
            'frame from elsewhere': () => element('iframe', { src: outside }),
            fetch: () => fetch(`${outside}/fetch`).catch(() => undefined),
            'web socket': () => new WebSocket(outside.replace('http', 'ws')),
            eval: () => {
              // Called by another name, so that the violation is the page's and not the test tool's.
              const run = globalThis['eval' as keyof typeof globalThis] as (code: string) => unknown;
              setTimeout(() => run('1'));
            },
          };
          try {
            actions[action as string]?.();
          } catch {
            // Some of them throw as well.
          }
        }),
      [action, outside] as const,
    );

  test.each([
    ['inline script', 'script-src-elem'],
    ['script from elsewhere', 'script-src-elem'],
    ['image from elsewhere', 'img-src'],
    ['style sheet from elsewhere', 'style-src-elem'],
    ['frame from elsewhere', 'frame-src'],
    ['fetch', 'connect-src'],
    ['web socket', 'connect-src'],
    ['eval', 'script-src'],
  ])('%s', async (action, directive) => {
    expect(await violation(action)).toBe(directive);
  });

  test('and none of it was asked for or run', async () => {
    expect(asked).toEqual([]);
    const ran = await running.page.evaluate(() => ['inline', 'loaded'].filter((name) => name in window));
    expect(ran).toEqual([]);
  });
});

describe('the window', () => {
  test('opens no other window', async () => {
    const opened = await running.page.evaluate((url) => window.open(url) !== null, outside);
    expect(opened).toBe(false);
    expect(running.app.windows()).toHaveLength(1);
  });

  test('goes nowhere else', async () => {
    const { page } = running;
    const before = page.url();
    await page.evaluate((url) => void (window.location.href = url), outside);
    await page.evaluate(() => void (window.location.href = 'file:///etc/hostname'));
    await page.evaluate(
      (url) => document.body.append(Object.assign(document.createElement('a'), { href: url, id: 'away' })),
      outside,
    );
    await page.evaluate(() => document.getElementById('away')?.click());
    await page.waitForTimeout(300);
    expect(page.url()).toBe(before);
    expect(asked).toEqual([]);
  });

  test('loads nothing from elsewhere even without the policy', async () => {
    const failed = await running.app.evaluate(
      ({ session }, url) =>
        session.defaultSession.fetch(url).then(
          () => 'it was fetched',
          (error: Error) => error.message,
        ),
      outside,
    );
    expect(failed).toContain('ERR_BLOCKED_BY_CLIENT');
    expect(asked).toEqual([]);
  });

  test('shows no file of the disk by its own address', async () => {
    const file = pathToFileURL(firstImage(unseen)).href;
    expect(await running.page.evaluate(widthOf, file)).toBe(0);
  });

  test('gets no permission', async () => {
    const answers = await running.page.evaluate(async () => ({
      asked: await Notification.requestPermission(),
      states: await Promise.all(
        ['camera', 'microphone', 'geolocation', 'notifications', 'clipboard-read', 'midi'].map(
          async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
        ),
      ),
      place: await new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          (error) => resolve(error.code),
        ),
      ),
    }));
    expect(answers).toEqual({ asked: 'denied', states: Array(6).fill('denied'), place: 1 });
  });
});

describe('requests', () => {
  test.each([['nothing.such'], ['constructor'], ['__proto__']])('%s is refused', async (name) => {
    const reply = await running.page.evaluate((name) => window.receptive.request(name as 'app.info'), name);
    expect(reply).toMatchObject({ ok: false, error: { code: 'usage' } });
  });

  test('wrong parameters are refused by name', async () => {
    const reply = await running.page.evaluate(() => window.receptive.request('images.facts', { id: -1 }));
    expect(reply).toMatchObject({ ok: false, error: { code: 'usage', message: expect.stringContaining('id') } });
  });

  test('a path that nobody dropped or chose is neither read nor written', async () => {
    const table = path.join(running.home, 'table.csv');
    const replies = await running.page.evaluate(
      (table) =>
        Promise.all([
          window.receptive.request('networks.readFile', { path: '/etc/hostname' }),
          window.receptive.request('classify.saveCsv', { path: table, results: [] }),
        ]),
      table,
    );
    expect(replies).toMatchObject(Array(2).fill({ ok: false, error: { code: 'unreadable' } }));
    expect(existsSync(table)).toBe(false);
  });

  test('another page is not listened to, though it has the bridge', async () => {
    const reply = await running.app.evaluate(async ({ BrowserWindow, app }) => {
      const preload = `${app.getAppPath()}/out/preload/index.cjs`;
      const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await other.loadURL('data:text/html,<title>other</title>');
      const reply: unknown = await other.webContents.executeJavaScript("window.receptive.request('app.info')");
      other.destroy();
      return reply;
    });
    expect(reply).toMatchObject({ ok: false, error: { code: 'usage' } });
  });
});

describe('app://', () => {
  test('serves the page with its policy', async () => {
    expect(await get('app://receptive/index.html')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
  });

  test.each([
    ['app://receptive/%2e%2e%2fmain%2findex.js', 404],
    ['app://receptive/..%2f..%2fpackage.json', 404],
    ['app://receptive/%2Fetc%2Fhostname', 404],
    ['app://receptive/', 404],
    ['app://elsewhere/index.html', 404],
    ['app://image/1e3x?size=64', 400],
    ['app://image/-1?size=64', 400],
    ['app://image/1?size=1000000', 400],
    [`app://file/${encodeURIComponent('/etc/hostname')}?size=64`, 400],
    ['app://file/%E0%A4%A?size=64', 400],
  ])('%s gives %i', async (url, status) => {
    expect(await get(url)).toMatchObject({ status });
  });

  test('shows a file only after it was dropped on the window', async () => {
    const file = firstImage(unseen);
    const url = `app://file/${encodeURIComponent(file)}?size=64`;
    expect((await get(url)).status).toBe(400);
    await running.page.evaluate(() => {
      document.addEventListener('drop', (event) => window.receptive.pathsOf([...(event.dataTransfer?.files ?? [])]), {
        capture: true,
      });
    });
    await dropFiles(running.page, [file], 700, 450);
    await expect.poll(async () => (await get(url)).status).toBe(200);
    expect(await running.page.evaluate(widthOf, url)).toBeGreaterThan(0);
  });
});

function firstImage(folder: string): string {
  const files = readdirSync(folder, { encoding: 'utf8', recursive: true });
  const first = files.filter((file) => /\.(png|jpe?g)$/i.test(file)).sort()[0];
  if (!first) throw new Error(`There is no image in ${folder}.`);
  return path.join(folder, first);
}

/** Runs in the page: the width of an image in pixels, 0 when it does not load. */
function widthOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image.naturalWidth);
    image.onerror = () => resolve(0);
    image.src = url;
  });
}
