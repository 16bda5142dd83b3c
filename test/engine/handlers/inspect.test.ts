import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { channelSums, patchAt } from '../../../src-main/shared/inspect/convolution.ts';
import { applied } from '../../../src-main/shared/inspect/sum.ts';
import type { Params } from '../../../src-main/shared/protocol.ts';
import { useEngines, writeClassFolders } from './support.ts';

const engines = useEngines();
const layers: Params<'networks.writeFile'>['json']['layers'] = [
  { name: 'conv1', kind: 'conv2d', filters: 4, kernelSize: 3, padding: 'same', useBias: false },
  { name: 'bn1', kind: 'batchNorm' },
  { name: 'relu1', kind: 'activation', function: 'relu' },
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];

test('a network that nobody has trained is looked into with the weights that training would begin with', async () => {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 3);
  const engine = await engines.start();
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  const json = { input: { size: [12, 16] as [number, number], channels: 3 }, layers };
  const { id: networkId } = await engine.ask('networks.save', { name: 'small', json });
  const target = { subject: { networkId }, imageId: 1 };

  const maps = await engine.ask('inspect.maps', target);
  expect(maps.classes).toEqual(['blue', 'red']);
  expect(maps.layers.map(({ name, shape }) => [name, shape])).toEqual([
    ['conv1', [12, 16, 4]],
    ['bn1', [12, 16, 4]],
    ['relu1', [12, 16, 4]],
    ['gap', [4]],
    ['logits', [2]],
  ]);
  const all = await engine.ask('inspect.layerMaps', { ...target, layer: 'relu1', first: 1, count: 99 });
  expect([all.first, all.count, all.bytes.length]).toEqual([1, 3, 3 * 12 * 16]);
  const values = await engine.ask('inspect.values', { ...target, layer: 'relu1', map: 3 });

  const sum = await engine.ask('inspect.sum', { ...target, layer: 'conv1', map: 3 });
  const cell: [number, number] = [5, 7];
  const products = channelSums(patchAt(sum.input, sum.kernel, sum.sliding, cell), sum.kernel).reduce((a, b) => a + b);
  const value = sum.after.reduce((so, after) => applied(so, after, 5 * 16 + 7), products);
  expect(sum.after.map(({ layer }) => layer)).toEqual(['bn1', 'relu1']);
  expect(value).toBeCloseTo(values[5 * 16 + 7]!, 5);

  const kernels = await engine.ask('inspect.kernels', { subject: target.subject, layer: 'conv1' });
  expect([kernels.all, kernels.kernels.size, kernels.change]).toEqual([4, [3, 3], null]);
  // The same seed gives the same weights, whenever they are asked for.
  const again = await engine.ask('inspect.kernels', {
    subject: target.subject,
    layer: 'conv1',
    against: target.subject,
  });
  expect([...again.change!.relative]).toEqual([0, 0, 0, 0]);

  expect(await engine.refusal('inspect.sum', { ...target, layer: 'relu1', map: 0 })).toMatchObject({ code: 'usage' });
  expect(await engine.refusal('inspect.maps', { ...target, subject: { networkId: 99 } })).toMatchObject({
    code: 'not-found',
    message: 'There is no saved network 99 any more.',
  });
  const dead = await engine.ask('inspect.deadMaps', { subject: target.subject, layer: 'conv1' });
  expect(dead).toMatchObject({ batch: expect.arrayContaining([join(folder, 'red', '0.png')]) as string[], dead: [] });
  expect(dead!.batch).toHaveLength(6);
  const { path } = await engine.ask('images.facts', { id: 1 });
  rmSync(path);
  expect(await engine.refusal('inspect.maps', target)).toMatchObject({
    code: 'unreadable',
    message: `${path}: there is no such file`,
    hint: expect.stringContaining('another image') as string,
  });
  const wrong = { ...json, layers: [...layers, { name: 'late', kind: 'maxPool' as const, poolSize: 2 }] };
  const { id: wrongId } = await engine.ask('networks.save', { name: 'wrong', json: wrong });
  const refused = await engine.refusal('inspect.maps', { ...target, subject: { networkId: wrongId } });
  expect(refused.message).toContain('late');
});
