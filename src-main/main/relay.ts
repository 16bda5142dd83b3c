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
      if (reply.ok) grantPaths(pathsFoundBy(request.name, reply.value));
      if (request.name === 'images.list') collectGarbageSoon();
      return withOwnMemory(reply);
    } catch (error) {
      return { ok: false, error: reportError(error) };
    }
  });
}

/** What the page may name from then on, as the engine found it where a person had led it, perhaps on another day. */
const found: { [N in EngineRequestName]?: (result: Result<N>) => readonly string[] } = {
  'project.recent': (recent) => recent.map(({ path }) => path),
  'project.refused': (refused) => (refused ? [refused.path] : []),
  'images.facts': ({ path }) => [path],
};

function pathsFoundBy(name: EngineRequestName, result: unknown): readonly string[] {
  const pathsOf = found[name] as ((result: unknown) => readonly string[]) | undefined;
  return pathsOf?.(result) ?? [];
}

function isMainRequest(name: EngineRequestName | MainRequestName): name is MainRequestName {
  return Object.hasOwn(mainRequests, name);
}

/** Tells every window. */
export function tell<E extends EventName>(name: E, payload: Events[E]): void {
  const told = withOwnMemory(payload);
  for (const window of BrowserWindow.getAllWindows()) window.webContents.send(eventChannel, name, told);
}
