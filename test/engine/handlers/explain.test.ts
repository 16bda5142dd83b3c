import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Params } from '../../../src-main/shared/protocol.ts';
import { useEngines, writeClassFolders } from './support.ts';

const engines = useEngines();
const layers: Params<'networks.writeFile'>['json']['layers'] = [
  { name: 'conv1', kind: 'conv2d', filters: 4, kernelSize: 3, padding: 'same' },
  { name: 'relu1', kind: 'activation', function: 'relu' },
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];

/** A network that nobody has trained, and an image for it. */
async function openUntrained(size: [number, number] = [12, 16]) {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 3);
  const engine = await engines.start();
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  const json = { input: { size, channels: 3 }, layers };
  const { id: networkId } = await engine.ask('networks.save', { name: 'small', json });
  return { engine, target: { subject: { networkId }, imageId: 1 } };
}

test('a network that was never trained is taken apart, and of long work only the newest goes on', async () => {
  const { engine, target } = await openUntrained();
  const hows: Params<'explain.class'>['how'][] = [
    { method: 'gradCam', layer: 'conv1' },
    { method: 'occlusion', patch: { size: 4, stride: 2 }, fill: 'grey' },
    { method: 'integratedGradients', baseline: 'black', steps: 8 },
  ];
  for (const how of hows) {
    const jobId = await engine.ask('explain.class', { ...target, classIndex: 1, how });
    const ended = await engine.event('job.ended', (job) => job.jobId === jobId);
    expect(ended).toMatchObject({ kind: 'explain', end: 'completed', error: null });
    const told = engine.events.flatMap((event) =>
      event.name === 'explain.heat' && event.payload.jobId === jobId ? [event.payload.answer] : [],
    );
    const last = told.at(-1)!;
    expect(last).toMatchObject({ method: how.method, classIndex: 1, height: 12, width: 16 });
    expect(last.heat).toHaveLength(12 * 16);
    expect(last.heat.every(Number.isFinite)).toBe(true);
  }

  // A new question takes the place of the one before, and what cannot be asked is said.
  const long = { method: 'integratedGradients', baseline: 'black', steps: 1000 } as const;
  const first = await engine.ask('explain.class', { ...target, classIndex: 0, how: long });
  const gap = { method: 'gradCam', layer: 'gap' } as const;
  const second = await engine.ask('explain.class', { ...target, classIndex: 0, how: gap });
  expect(await engine.event('job.ended', ({ jobId }) => jobId === first)).toMatchObject({ end: 'stopped' });
  const refused = await engine.event('job.ended', ({ jobId }) => jobId === second);
  expect(refused).toMatchObject({ end: 'failed', error: { code: 'usage' } });

  const asked = { ...target, layer: 'relu1' };
  const overtaken = await engine.ask('explain.poolingResponse', asked);
  const newer = await engine.ask('explain.poolingResponse', { ...asked, layer: 'conv1' });
  const { answer: response } = await engine.event('explain.poolingResponse', ({ jobId }) => jobId === newer);
  expect(await engine.event('job.ended', ({ jobId }) => jobId === overtaken)).toMatchObject({ end: 'stopped' });
  expect(response.shift.changes.max[0]).toBe(0);
  const { layers: spreads, loss } = await engine.ask('explain.distributions', { ...target, target: 1 });
  expect(loss).toBeGreaterThan(0);
  expect(spreads.map(({ name }) => name)).toEqual(['conv1', 'relu1', 'gap', 'logits']);
  const unit = { filter: 3, channel: 2, target: 1 };
  const gradients = await engine.ask('explain.gradients', { ...target, layer: 'conv1', ...unit });
  expect(gradients.kernelGradient.difference).toBeLessThan(1e-4);
  expect(await engine.refusal('explain.gradients', { ...target, layer: 'gap', ...unit })).toMatchObject({
    code: 'usage',
  });
  const placement = { shift: [0, 2] as [number, number], scale: 1, degrees: 0 };
  const moved = await engine.ask('explain.equivariance', { ...target, layer: 'conv1', placement, from: 0 });
  expect(moved.layers.map(({ inner }) => inner !== null && inner < 1e-4)).toEqual([true, true, false, false]);
  const report = await engine.ask('explain.pooling', { ...target, layer: 'conv1' });
  expect(report).toMatchObject({ source: 'conv1', uses: null, channels: { from: 0, count: 4, all: 4 } });
});

test('between the pieces of long work what comes meanwhile is heard: it is stopped, and other questions are answered', async () => {
  const { engine, target } = await openUntrained([96, 96]);
  // Some 8,600 patches, eight to a piece.
  const how = { method: 'occlusion', patch: { size: 4, stride: 1 }, fill: 'grey' } as const;
  const jobId = await engine.ask('explain.class', { ...target, classIndex: 1, how });
  await engine.event('explain.heat', (told) => told.jobId === jobId);
  expect((await engine.ask('inspect.maps', target)).layers).toHaveLength(4);
  expect(engine.count('job.ended')).toBe(1); // the import's
  await engine.ask('job.cancel', { jobId });
  expect(await engine.event('job.ended', (job) => job.jobId === jobId)).toMatchObject({ end: 'stopped' });
});
