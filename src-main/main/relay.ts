/** Passes the page's requests on, after checking who asks, for what, and with which parameters; passes events back. */
import { BrowserWindow, ipcMain } from 'electron';
import { z } from 'zod';
import { ReceptiveError, reportError } from '../shared/errors.ts';
import { engineRequests, mainRequests, requests } from '../shared/protocol.ts';
import type { EngineRequestName, EventName, Events, MainRequestName, Params, Reply } from '../shared/protocol.ts';
import { eventChannel, requestChannel } from './channels.ts';
import { createMainHandlers } from './dialogs.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import { isGranted } from './paths.ts';
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
      return await engine.request(request.name, request.params as Params<EngineRequestName>);
    } catch (error) {
      return { ok: false, error: reportError(error) };
    }
  });
}

function isMainRequest(name: EngineRequestName | MainRequestName): name is MainRequestName {
  return Object.hasOwn(mainRequests, name);
}

/**
 * The request as it may be handled: its name is in the protocol, its parameters fit their schema (defaults filled in).
 * @throws ReceptiveError 'usage'
 */
export function checkRequest(
  name: unknown,
  params: unknown,
): { name: EngineRequestName | MainRequestName; params: unknown } {
  if (typeof name !== 'string' || !Object.hasOwn(requests, name)) {
    throw new ReceptiveError('usage', `There is no request named ${JSON.stringify(name)}.`);
  }
  const known = name as keyof typeof engineRequests | keyof typeof mainRequests;
  const checked = (requests[known].params as z.ZodType).safeParse(params);
  if (!checked.success) throw new ReceptiveError('usage', `${name}: ${z.prettifyError(checked.error)}`);
  if (known === 'files.thumbnail' && !isGranted((checked.data as Params<'files.thumbnail'>).path)) {
    throw new ReceptiveError('unreadable', 'Only files that were dropped or chosen can be previewed.');
  }
  return { name: known, params: checked.data };
}

/** Tells every window. */
export function tell<E extends EventName>(name: E, payload: Events[E]): void {
  for (const window of BrowserWindow.getAllWindows()) window.webContents.send(eventChannel, name, payload);
}
