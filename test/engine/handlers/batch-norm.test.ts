/** Batch norm of a project's run as the window asks for it. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { spreadsName } from '../../../src-main/engine/training/spread-record.ts';
import type { Params } from '../../../src-main/shared/protocol.ts';
import { processesOf, useEngines, writeClassFolders } from './support.ts';

const engines = useEngines();
// A process for each training: on a busy machine each takes its time to begin.
vi.setConfig({ testTimeout: 300_000 });

const network: Params<'training.start'>['network'] = {
  input: { size: [12, 16], channels: 3 },
  layers: [
    { name: 'conv1', kind: 'conv2d', filters: 4, kernelSize: 3, useBias: false },
    { name: 'bn1', kind: 'batchNorm', momentum: 0.999 },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};
const recipe = { epochs: 3, batchSize: 10, validationShare: 0.25, learningRate: 0.01 };

test('the history is told, and what lags behind is recalibrated, used, and taken back', async () => {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 20);
  const engine = await engines.start();
  const { path: project } = await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  const { runId } = await engine.ask('training.start', { name: 'slow', network, recipe });
  expect(await engine.refusal('batchNorm.recalibrate', { runId })).toMatchObject({ code: 'usage' });
  expect(await engine.event('training.ended')).toMatchObject({ end: 'completed' });

  const history = (await engine.ask('batchNorm.history', { runId, layer: 'bn1' }))!;
  // What comes after the beginning is a matter of how much time there was for it.
  expect(history).toMatchObject({ steps: expect.arrayContaining([0]) as number[], channels: 4 });
  expect(history.figures.gamma).toHaveLength(4 * history.steps.length);
  const spreads = (await engine.ask('explain.spreadHistory', { runId, layer: 'conv1' }))!;
  expect(spreads.steps).toEqual(history.steps);
  expect(spreads.tensors.map(({ field }) => field)).toEqual(['output', 'output', 'kernel', 'kernel']);
  expect(await engine.ask('batchNorm.history', { runId, layer: 'conv1' })).toBeNull();

  const report = async () => {
    const asked = { subject: { runId, weights: 'last' as const }, imageId: 1, layer: 'bn1' };
    const jobId = await engine.ask('inspect.batchNorm', asked);
    return (await engine.event('inspect.batchNorm', (told) => told.jobId === jobId)).answer;
  };
  const lagging = await report();

  // Other weights are another model to the process that evaluates.
  const check = (weights: 'last' | 'best') => engine.ask('batchNorm.check', { runId, weights });
  const found = await Promise.all([check('last'), check('best')]);
  expect(found[0]).toMatchObject({ layer: 'bn1', images: 30, classesChanged: lagging.gap.classesChanged });
  expect(found[0]!.gap).toBeCloseTo(lagging.gap.layer, 5);
  expect(await Promise.all([check('last'), check('best')])).toEqual(found);
  const [pid] = processesOf(engine, 'evaluator-main');
  process.kill(pid!, 'SIGSTOP');
  const waiting = check('last');
  expect(await report()).toEqual(lagging);
  process.kill(pid!, 'SIGCONT');
  expect(await waiting).toEqual(found[0]);

  expect(await engine.ask('batchNorm.recalibration', { runId })).toBeNull();
  const jobId = await engine.ask('batchNorm.recalibrate', { runId });
  expect(await engine.event('job.ended', (job) => job.jobId === jobId)).toMatchObject({ end: 'completed' });
  const done = (await engine.ask('batchNorm.recalibration', { runId }))!;
  expect(done.images).toBe(30);
  expect(done.after.loss).toBeLessThan(done.before.loss);
  const mended = await report();
  expect(mended.batchMean).toEqual(lagging.batchMean);
  expect(mended.gap.layer).toBeLessThan(0.2);
  expect(lagging.gap.layer).toBeGreaterThan(0.3);
  expect((await check('last'))!.gap).toBeCloseTo(mended.gap.layer, 5);

  // A run from before this was recorded.
  rmSync(join(project, 'runs', runId, spreadsName));
  expect(await engine.ask('explain.spreadHistory', { runId, layer: 'conv1' })).toBeNull();

  await engine.ask('batchNorm.undo', { runId });
  expect(await engine.ask('batchNorm.recalibration', { runId })).toBeNull();
  expect((await report()).runningMean).toEqual(lagging.runningMean);

  // Which images a run learnt from is known of the project's own.
  cpSync(join(project, 'runs', runId), join(project, 'runs', 'copied'), { recursive: true });
  const refused = await engine.ask('batchNorm.recalibrate', { runId: 'copied' });
  const ended = await engine.event('job.ended', (job) => job.jobId === refused);
  expect(ended).toMatchObject({ end: 'failed', error: { code: 'unsupported' } });
}, 120_000);
