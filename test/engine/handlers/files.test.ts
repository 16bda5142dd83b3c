/** What is taken out of the network view and the figures, written by a real engine. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rootOf, useEngines } from './support.ts';

const engines = useEngines();

test('text and bytes are written as they are, with nothing left beside them', async () => {
  const engine = await engines.start();
  const folder = join(engines.home, 'out');
  mkdirSync(folder);
  const table = 'layer,output\r\n"a,b",14 × 14\r\n';
  await engine.ask('files.write', { path: join(folder, 'table.csv'), data: table });
  const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256);
  await engine.ask('files.write', { path: join(folder, 'graph.png'), data: bytes });
  expect(readFileSync(join(folder, 'table.csv'), 'utf8')).toBe(table);
  expect(new Uint8Array(readFileSync(join(folder, 'graph.png')))).toEqual(bytes);
  expect(readdirSync(folder).sort()).toEqual(['graph.png', 'table.csv']);
});

test('a folder that is not there, a file that is, and something that is no file content, are refused by name', async () => {
  const engine = await engines.start();
  const path = join(engines.home, 'nowhere', 'model.py');
  expect(await engine.refusal('files.write', { path, data: 'x' })).toEqual({
    code: 'not-found',
    message: `There is no folder "${join(engines.home, 'nowhere')}" to write to.`,
    hint: 'Make it first.',
  });
  expect(await engine.refusal('files.write', { path, data: 5 as never })).toMatchObject({ code: 'usage' });
  const taken = join(engines.home, 'taken.csv');
  writeFileSync(taken, 'mine');
  expect(await engine.refusal('files.write', { path: taken, data: 'x' })).toMatchObject({ code: 'exists' });
  expect(readFileSync(taken, 'utf8')).toBe('mine');
});

test('a full disk and one that can only be read are said by the name that was chosen, with what to do', async () => {
  const [small, fixed] = [join(engines.home, 'small'), join(engines.home, 'fixed')];
  mkdirSync(small);
  mkdirSync(fixed);
  const engine = await engines.start(
    `mount -t tmpfs -o size=64k tmpfs '${small}' && mount -t tmpfs -o ro tmpfs '${fixed}'`,
  );
  const write = (folder: string) =>
    engine.refusal('files.write', { path: join(folder, 'figure.png'), data: new Uint8Array(200_000) });
  expect(await write(small)).toEqual({
    code: 'disk-full',
    message: `"${join(small, 'figure.png')}" could not be written: the disk is full. Nothing of it was left.`,
    hint: 'Free some space on that disk and try again.',
  });
  expect(readdirSync(join(rootOf(engine), small))).toEqual([]);
  expect(await write(fixed)).toEqual({
    code: 'unreadable',
    message: `${join(fixed, 'figure.png')} is on a disk that can only be read.`,
    hint: 'Choose another place.',
  });
});
