import { describe, expect, test, vi } from 'vitest';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import type { AppInfo, EngineState } from '../../../src-main/shared/app.ts';
import { viewNames } from '../../../src-renderer/state/app.svelte.ts';
import { Commands, keysOf, type KeyPress } from '../../../src-renderer/state/commands.svelte.ts';
import { imageCommands } from '../../../src-renderer/views/images/image-commands.ts';
import { projectCommands } from '../../../src-renderer/views/project/project-actions.ts';
import { shellCommands } from '../../../src-renderer/views/shell/shell-commands.ts';
import { BridgeStandIn, settle } from './bridge-stand-in.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe('keysOf', () => {
  test.each([
    [press('k', { ctrlKey: true }), 'Ctrl+K'],
    [press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+Z'],
    [press('?', { shiftKey: true }), '?'],
    [press('?'), '?'],
    [press('Tab', { shiftKey: true }), 'Shift+Tab'],
    [press('é', { shiftKey: true }), 'Shift+É'],
    [press('z', { metaKey: true }), 'Ctrl+Z'],
    [press('1', { ctrlKey: true }), 'Ctrl+1'],
    [press('Escape'), 'Escape'],
    [press('a', { altKey: true }), 'Alt+A'],
  ])('%o is %s', (event, keys) => {
    expect(keysOf(event)).toBe(keys);
  });
});

describe('commands', () => {
  test('come and go with what registered them', () => {
    const commands = new Commands();
    const one = { id: 'one', title: 'One', group: 'g', keys: 'Ctrl+1', run: vi.fn() };
    const remove = commands.register(() => [one]);
    expect(commands.forKeys(press('1', { ctrlKey: true }))).toBe(one);
    remove();
    expect(commands.all).toEqual([]);
    expect(commands.forKeys(press('1', { ctrlKey: true }))).toBeUndefined();
  });

  test('a key finds only what can be done now', () => {
    const commands = new Commands();
    let possible = false;
    commands.register(() => [
      { id: 'a', title: 'A', group: 'g', keys: 'Ctrl+Z', enabled: () => possible, run: vi.fn() },
    ]);
    expect(commands.forKeys(press('z', { ctrlKey: true }))).toBeUndefined();
    possible = true;
    expect(commands.forKeys(press('z', { ctrlKey: true }))?.id).toBe('a');
  });

  test('of the whole window: every name and every key belongs to one command', () => {
    const all = [...shellCommands(), ...projectCommands(), ...imageCommands()];
    const keys = all.flatMap(({ keys }) => keys ?? []);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(keys).size).toBe(keys.length);
    expect(all.filter(({ title }) => title.trim() === '')).toEqual([]);
    viewNames.forEach((view, index) => {
      expect(all.find(({ id }) => id === `view.${view}`)?.keys).toBe(`Ctrl+${index + 1}`);
    });
  });
});

describe('the connection', () => {
  const info = (engine: EngineState): AppInfo => ({ version: '0', sandboxOff: null, engine });

  test('a refusal is thrown with its code and remedy', async () => {
    const { connection } = new BridgeStandIn({
      'project.current': () => {
        throw new ReceptiveError('unreadable', 'No permission for /p.', 'Ask its owner.');
      },
    });
    const refused = connection.request('project.current');
    await expect(refused).rejects.toBeInstanceOf(ReceptiveError);
    await expect(refused).rejects.toMatchObject({ code: 'unreadable', hint: 'Ask its owner.' });
  });

  test('an event about the engine wins over an older answer', async () => {
    const bridge = new BridgeStandIn({ 'app.info': () => info({ state: 'starting' }) });
    bridge.connection.start();
    bridge.tell('engine.state', { state: 'ready' });
    await settle();
    expect(bridge.connection.engine).toEqual({ state: 'ready' });
  });

  test('the reason of a loss is kept while the engine starts again, and forgotten when it is ready', async () => {
    const bridge = new BridgeStandIn({ 'app.info': () => info({ state: 'ready' }) });
    bridge.connection.start();
    await settle();
    expect(bridge.connection.engine.state).toBe('ready');
    bridge.tell('engine.state', { state: 'lost', reason: 'killed' });
    bridge.tell('engine.state', { state: 'starting' });
    expect(bridge.connection.engine.state).toBe('starting');
    expect(bridge.connection.loss).toBe('killed');
    bridge.tell('engine.state', { state: 'ready' });
    expect(bridge.connection.loss).toBeNull();
  });
});
