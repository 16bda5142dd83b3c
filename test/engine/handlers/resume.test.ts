/** A project's run that was stopped or lost goes on under its own id. */
import { join } from 'node:path';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { Params } from '../../../src-main/shared/protocol.ts';
import { useEngines, writeClassFolders } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();
// A process for each training: on a busy machine each takes its time to begin.
vi.setConfig({ testTimeout: 300_000 });

const network: Params<'training.start'>['network'] = {
  input: { size: [12, 16], channels: 3 },
  layers: [
    { name: 'conv1', kind: 'conv2d', filters: 4, kernelSize: 3 },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};
const recipe = { epochs: 60, batchSize: 4, validationShare: 0.25 };

async function openColours(folder: string): Promise<{ engine: Engine; project: string }> {
  await writeClassFolders(folder, 20);
  const engine = await engines.start();
  const { path } = await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  return { engine, project: path };
}

const endsOf = async (engine: Engine) => (await engine.ask('runs.list', undefined)).map(({ end }) => end);
const epochsOf = async (engine: Engine, runId: string) =>
  (await engine.ask('runs.metrics', { runId })).map(({ epoch }) => epoch);
const upTo = (epochs: number) => Array.from({ length: epochs }, (_, at) => at + 1);

test('stopped, lost with the engine, and resumed each time, a run comes to its end with every epoch once', async () => {
  const folder = join(engines.home, 'colours');
  const { engine, project } = await openColours(folder);
  const { runId } = await engine.ask('training.start', { name: 'long', network, recipe });
  await engine.event('training.epoch', ({ metrics }) => metrics.epoch === 3);
  await engine.ask('training.stop', { runId });
  const told = engine.count('training.epoch');
  expect(await engine.event('training.ended')).toMatchObject({ runId, end: 'stopped' });
  expect(engine.count('training.epoch') - told).toBeLessThanOrEqual(1);
  const stoppedAfter = (await epochsOf(engine, runId)).length;

  expect(await engine.ask('training.resume', { runId })).toEqual({ runId });
  expect(await engine.refusal('training.resume', { runId })).toMatchObject({ code: 'usage' });
  await engine.event('training.epoch', ({ metrics }) => metrics.epoch === stoppedAfter + 3);
  expect(await endsOf(engine)).toEqual([null]);
  await engine.kill();

  const again = await engines.start();
  await again.ask('project.open', { path: project });
  expect(await endsOf(again)).toEqual(['engineLost']);
  const lostAfter = (await epochsOf(again, runId)).length;
  expect(lostAfter).toBeGreaterThanOrEqual(stoppedAfter + 3);
  // The metrics of an epoch come before its checkpoint; one whose checkpoint was not done is trained again.
  const saved = Math.max(
    ...readdirSync(join(project, 'runs', runId, 'checkpoints')).flatMap((name) =>
      /^\d+$/.test(name) ? [Number(name)] : [],
    ),
  );
  expect(lostAfter - saved).toBeLessThanOrEqual(1);
  rmSync(join(folder, 'red', '0.png'));
  await again.ask('training.resume', { runId });
  const { error } = await again.event('training.warning');
  expect(error.message).toContain(join('red', '0.png'));
  expect(await again.event('training.ended')).toMatchObject({ runId, end: 'completed' });
  const first = again.events.find((event) => event.name === 'training.epoch');
  expect(first?.payload).toMatchObject({ runId, metrics: { epoch: saved + 1 } });
  expect(await epochsOf(again, runId)).toEqual(upTo(60));
  expect(await endsOf(again)).toEqual(['completed']);

  // Which of the project's images a run learnt from is known of its own runs only.
  cpSync(join(project, 'runs', runId), join(project, 'runs', 'copied'), { recursive: true });
  expect(await again.refusal('training.resume', { runId: 'copied' })).toMatchObject({ code: 'unsupported' });
}, 240_000);
