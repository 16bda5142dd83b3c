import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkRequest } from '../../src-main/main/check-request.ts';
import { grantPaths, grantTarget, isGranted } from '../../src-main/main/granted-paths.ts';
import { scrubEnvironment } from '../../src-main/main/scrub-environment.ts';
import { presets } from '../../src-main/shared/network/index.ts';

const lenet = presets['lenet-5'];
const folder = mkdtempSync(path.join(tmpdir(), 'receptive-granted-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('requests from the page', () => {
  test.each([
    ['engine.doctor', undefined, undefined],
    ['images.facts', { id: 3 }, { id: 3 }],
    // A default is filled in.
    [
      'split.assign',
      { validationShare: 0.2, testShare: 0, seed: 1 },
      { validationShare: 0.2, testShare: 0, seed: 1, reassign: false },
    ],
    ['dialog.openFolder', undefined, undefined],
  ])('%s with %j passes', (name, params, passed) => {
    expect(checkRequest(name, params)).toEqual({ name, params: passed });
  });

  test.each([
    ['no such name', 'engine.stop', undefined, 'engine.stop'],
    ['a name of every object', 'constructor', undefined, 'constructor'],
    ['a prototype', '__proto__', undefined, '__proto__'],
    ['a name that is no text', { toString: 'engine.doctor' }, undefined, 'no request named'],
    ['a wrong type', 'images.facts', { id: '3' }, 'id'],
    ['a wrong value', 'images.thumbnail', { id: 1, size: 100_000 }, 'size'],
    ['a field too many', 'images.facts', { id: 3, path: '/etc/passwd' }, 'path'],
    ['parameters where there are none', 'project.recent', { id: 3 }, 'project.recent'],
    ['none where there are some', 'images.facts', undefined, 'images.facts'],
  ])('%s is refused and named', (_what, name, params, part) => {
    expect(() => checkRequest(name, params)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => checkRequest(name, params)).toThrow(part);
  });
});

describe('previews of files', () => {
  const preview = (file: string) => () => checkRequest('files.thumbnail', { path: file, size: 64 });

  test('only what was dropped or chosen, and what lies in it', () => {
    const dropped = path.join(folder, 'dropped');
    expect(preview(path.join(dropped, 'a.png'))).toThrow('dropped or chosen');
    grantPaths([dropped]);
    expect(preview(dropped)).not.toThrow();
    expect(preview(path.join(dropped, 'sub', 'a.png'))).not.toThrow();
    expect(preview(folder)).toThrow('dropped or chosen');
    expect(preview(`${dropped}-not`)).toThrow('dropped or chosen');
    expect(preview(path.join(dropped, '..', 'secret.png'))).toThrow('dropped or chosen');
    expect(preview(`${dropped}/../secret.png`)).toThrow('dropped or chosen');
  });

  test('a relative path is never granted', () => {
    grantPaths([process.cwd()]);
    expect(isGranted(process.cwd())).toBe(true);
    expect(isGranted('package.json')).toBe(false);
  });
});

describe('every other path, too, is one that a person dropped or chose', () => {
  test.each([
    ['project.open', (path: string) => ({ path })],
    ['project.snapshots', (path: string) => ({ path })],
    ['project.restore', (path: string) => ({ path, snapshot: 's' })],
    ['project.fromFolder', (folder: string) => ({ folder })],
    ['images.examine', (path: string) => ({ paths: [path] })],
    ['images.import', (path: string) => ({ paths: [path] })],
    ['images.locate', (folder: string) => ({ folder })],
    ['classify.start', (path: string) => ({ runId: 'r', paths: [path] })],
    ['networks.readFile', (path: string) => ({ path })],
  ])('%s reads nothing else', (name, params) => {
    const chosen = path.join(folder, name);
    const ask = (file: string) => () => checkRequest(name, params(file));
    expect(ask(chosen)).toThrow(expect.objectContaining({ code: 'unreadable' }));
    grantTarget(chosen);
    expect(ask(chosen)).toThrow(`"${chosen}" was not dropped or chosen`);
    grantPaths([chosen]);
    expect(ask(chosen)).not.toThrow();
    expect(ask(path.join(chosen, 'inside'))).not.toThrow();
  });

  test('one stranger among many is enough', () => {
    const known = path.join(folder, 'known');
    grantPaths([known]);
    const paths = [known, path.join(folder, 'stranger')];
    expect(() => checkRequest('images.import', { paths })).toThrow('stranger');
  });

  test.each([
    ['project.move', (to: string) => ({ to })],
    ['networks.writeFile', (path: string) => ({ path, json: lenet })],
    ['classify.saveCsv', (path: string) => ({ path, results: [] })],
    ['export.tfjs', (path: string) => ({ runId: 'r', path })],
  ])('%s writes nothing else, not even in a folder that may be read', (name, params) => {
    const readable = path.join(folder, 'readable');
    const chosen = path.join(readable, name);
    const ask = (file: string) => () => checkRequest(name, params(file));
    grantPaths([readable]);
    expect(ask(chosen)).toThrow(expect.objectContaining({ code: 'unreadable' }));
    grantTarget(chosen);
    expect(ask(chosen)).not.toThrow();
    expect(ask(path.join(chosen, 'inside'))).toThrow('was not dropped or chosen');
  });
});

test('the engine’s environment is scrubbed of what changes Node, npm or Electron', () => {
  const given = {
    PATH: '/bin',
    HOME: '/home/ada',
    XDG_DATA_HOME: '/data',
    LD_LIBRARY_PATH: '/usr/local/cuda/lib64',
    TF_NUM_INTRAOP_THREADS: '1',
    RECEPTIVE_DEVICE: 'cpu',
    NODE_OPTIONS: '--require /tmp/evil.js',
    NODE_PATH: '/tmp',
    ELECTRON_RUN_AS_NODE: '1',
    npm_config_registry: 'x',
    LD_PRELOAD: '/tmp/evil.so',
    UV_THREADPOOL_SIZE: '64',
  };
  expect(Object.keys(scrubEnvironment(given))).toEqual([
    'PATH',
    'HOME',
    'XDG_DATA_HOME',
    'LD_LIBRARY_PATH',
    'TF_NUM_INTRAOP_THREADS',
    'RECEPTIVE_DEVICE',
  ]);
});
