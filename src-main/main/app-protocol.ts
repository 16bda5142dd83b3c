/**
 * `app://`: the page's own files (`app://receptive/`), the project's images (`app://image/<id>?size=N`) and previews of
 * dropped or classified files (`app://file/<encoded path>?size=N`). There is no `file:` in the app.
 */
import { app, protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { EncodedImage } from '../shared/pictures.ts';
import type { Reply } from '../shared/protocol.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import { pageOrigin, scheme } from './origin.ts';
import { checkRequest } from './check-request.ts';
import { contentSecurityPolicy } from './security.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const defaultSize = 256;

/** In milliseconds: how long a picture waits for a lost engine, and how often it asks. */
const patience = 30_000;
const askAgainAfter = 250;

/** Has to happen before Electron is ready. */
export function registerAppScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, stream: true };
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }]);
}

export function setupAppProtocol(engine: EngineSupervisor): void {
  const pageFolder = path.join(app.getAppPath(), 'out', 'renderer');
  protocol.handle(scheme, async (request) => {
    const url = new URL(request.url);
    if (request.method !== 'GET') return refuse(405, 'Only GET.');
    switch (url.host) {
      case 'receptive':
        return serveFile(pageFolder, url.pathname);
      case 'image':
        return serveImage(engine, 'images.thumbnail', { id: Number(url.pathname.slice(1)), size: sizeOf(url) });
      case 'file':
        return serveImage(engine, 'files.thumbnail', { path: decodePath(url.pathname), size: sizeOf(url) });
      default:
        return refuse(404, 'There is nothing here.');
    }
  });
}

function sizeOf(url: URL): number {
  return Number(url.searchParams.get('size') ?? defaultSize);
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname.slice(1));
  } catch {
    return '';
  }
}

async function serveFile(folder: string, pathname: string): Promise<Response> {
  const file = path.join(folder, decodePath(pathname));
  const type = types[path.extname(file)];
  if (!file.startsWith(folder + path.sep) || !type) return refuse(404, 'There is nothing here.');
  try {
    return new Response(await readFile(file), { headers: headersFor(type) });
  } catch {
    return refuse(404, 'There is nothing here.');
  }
}

async function serveImage(
  engine: EngineSupervisor,
  name: 'images.thumbnail' | 'files.thumbnail',
  params: { size: number } & ({ id: number } | { path: string }),
): Promise<Response> {
  let checked: ReturnType<typeof checkRequest>;
  try {
    checked = checkRequest(name, params);
  } catch (error) {
    return refuse(400, (error as Error).message);
  }
  const reply = await askPatiently(() => engine.request(name, checked.params as never));
  if (!reply.ok) {
    // Dropped because its place was scrolled out of sight, or gone with its project or its file: the page shows that there
    // is no picture, and nothing has failed.
    if (reply.error.code === 'interrupted' || reply.error.code === 'not-found')
      return new Response(null, { status: 204 });
    return refuse(reply.error.code === 'engine-lost' ? 503 : 404, reply.error.message);
  }
  return new Response(reply.value.bytes as never, { headers: headersFor(reply.value.mime) });
}

/** A page does not ask twice for a picture that failed: while the engine is being restarted, this asks again instead. */
async function askPatiently(ask: () => Promise<Reply<EncodedImage>>): Promise<Reply<EncodedImage>> {
  const until = Date.now() + patience;
  for (;;) {
    const reply = await ask();
    if (reply.ok || reply.error.code !== 'engine-lost' || Date.now() > until) return reply;
    await wait(askAgainAfter);
  }
}

function headersFor(type: string): Record<string, string> {
  return {
    'Content-Type': type,
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Content-Type-Options': 'nosniff',
    // An id means another picture in another project.
    'Cache-Control': 'no-store',
    'Access-Control-Allow-Origin': pageOrigin ?? 'null',
  };
}

function refuse(status: number, message: string): Response {
  return new Response(message, { status, headers: headersFor('text/plain; charset=utf-8') });
}
