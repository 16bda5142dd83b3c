/** What is taken out of the network view, written by a real engine. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useEngines } from './support.ts';

const engines = useEngines();

test('text and bytes are written as they are, with nothing left beside them', async () => {
  const engine = await engines.start();
  const folder = join(engines.home, 'out');
  mkdirSync(folder);
  const table = 'layer,output\r\n"a,b",14 × 14\r\n';
  await engine.ask('networks.writeOut', { path: join(folder, 'table.csv'), data: table });
  const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256);
  await engine.ask('networks.writeOut', { path: join(folder, 'graph.png'), data: bytes });
  expect(readFileSync(join(folder, 'table.csv'), 'utf8')).toBe(table);
  expect(new Uint8Array(readFileSync(join(folder, 'graph.png')))).toEqual(bytes);
  expect(readdirSync(folder).sort()).toEqual(['graph.png', 'table.csv']);
});

test('a folder that is not there, and something that is no file content, are refused', async () => {
  const engine = await engines.start();
  const path = join(engines.home, 'nowhere', 'model.py');
  const refusal = await engine.refusal('networks.writeOut', { path, data: 'x' });
  expect(refusal.message).toContain(path);
  expect(await engine.refusal('networks.writeOut', { path, data: 5 as never })).toMatchObject({ code: 'usage' });
});
