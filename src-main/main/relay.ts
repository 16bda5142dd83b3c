/** Passes the page's requests on, after checking who asks, for what, and with which parameters; passes events back. */
import { BrowserWindow, ipcMain } from 'electron';
import { ReceptiveError, reportError } from '../shared/errors.ts';
import { mainRequests } from '../shared/protocol.ts';
import type { EventName, Events } from '../shared/events.ts';
import type { EngineRequestName, MainRequestName, Params, Reply, Result } from '../shared/protocol.ts';
import { eventChannel, requestChannel } from './channels.ts';
import { checkRequest } from './check-request.ts';
import { createMainHandlers } from './dialogs.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import { collectGarbageSoon } from './garbage.ts';
import { grantPaths } from './granted-paths.ts';
import { withOwnMemory } from './own-memory.ts';
import { isFromOurPage } from './sender.ts';

export function setupRelay(engine: EngineSupervisor): void {
  const handlers = createMainHandlers(engine);
  ipcMain.handle(requestChannel, async (event, name: unknown, params: unknown): Promise<Reply<unknown>> => {
    try {
      if (!isFromOurPage(event)) throw new ReceptiveError('usage', 'Only the app’s own page may ask.');
      const request = checkRequest(name, params);
      if (isMainRequest(request.name)) {
        const handler = handlers[request.name] as (params: unknown) => unknown;
        return { ok: true, value: await handler(request.params) };
      }
      const reply = await engine.request(request.name, request.params as Params<EngineRequestName>);
      if (request.name === 'project.recent' && reply.ok) grantProjects(reply.value as Result<'project.recent'>);
      if (request.name === 'project.refused' && reply.ok) grantRefused(reply.value as Result<'project.refused'>);
      if (request.name === 'images.list') collectGarbageSoon();
      return withOwnMemory(reply);
    } catch (error) {
      return { ok: false, error: reportError(error) };
    }
  });
}

/** What was opened before may be opened again. */
function grantProjects(recent: Result<'project.recent'>): void {
  grantPaths(recent.map(({ path }) => path));
}

/** A project that a person wanted to open may be opened in another way. */
function grantRefused(refused: Result<'project.refused'>): void {
  if (refused) grantPaths([refused.path]);
}

function isMainRequest(name: EngineRequestName | MainRequestName): name is MainRequestName {
  return Object.hasOwn(mainRequests, name);
}

/** Tells every window. */
export function tell<E extends EventName>(name: E, payload: Events[E]): void {
  const told = withOwnMemory(payload);
  for (const window of BrowserWindow.getAllWindows()) window.webContents.send(eventChannel, name, told);
}
