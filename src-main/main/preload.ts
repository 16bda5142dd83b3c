/** Runs in the page's sandbox, apart from the page's own scripts, and hands it the bridge and nothing else. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge } from '../shared/bridge.ts';
import type { EventName, Events } from '../shared/events.ts';
import { eventChannel, pathsChannel, requestChannel } from './channels.ts';

type Listener = (payload: Events[EventName]) => void;
const listeners = new Map<string, Set<Listener>>();

ipcRenderer.on(eventChannel, (_event, name: string, payload: Events[EventName]) => {
  for (const listener of listeners.get(name) ?? []) listener(payload);
});

/**
 * Lists are thrown away at every change of a filter: when nothing at all has been asked for a while, so that no key waits
 * for it, their memory is given back. An ordinary collection would keep the pages that it emptied, some 20 MB.
 */
const quietMs = 1000;
let timer: ReturnType<typeof setTimeout> | undefined;
function collectGarbageSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = undefined;
    globalThis.gc?.({ type: 'major', flavor: 'last-resort' });
  }, quietMs);
}

const bridge: Bridge = {
  request(name, ...params) {
    if (name === 'images.list' || timer !== undefined) collectGarbageSoon();
    return ipcRenderer.invoke(requestChannel, name, params[0]);
  },
  on(event, listener) {
    const added = listener as Listener;
    const all = listeners.get(event) ?? new Set();
    listeners.set(event, all.add(added));
    return () => void all.delete(added);
  },
  pathsOf(files) {
    const paths = files.map((file) => webUtils.getPathForFile(file as never)).filter((path) => path !== '');
    ipcRenderer.send(pathsChannel, paths);
    return paths;
  },
};

contextBridge.exposeInMainWorld('receptive', bridge);
