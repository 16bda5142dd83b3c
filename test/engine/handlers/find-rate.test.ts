import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { recipeSchema } from '../../../src-main/shared/run.ts';
import { useEngines, writeClassFolders } from './support.ts';

const engines = useEngines();
// A process for each training: on a busy machine each takes its time to begin.
vi.setConfig({ testTimeout: 300_000 });

test('a learning rate is suggested for the labelled images, and no run is left of it', async () => {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 20);
  const engine = await engines.start();
  await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  const network = {
    input: { size: [8, 8] as [number, number], channels: 3 },
    layers: [
      { name: 'flatten', kind: 'flatten' as const },
      { name: 'logits', kind: 'dense' as const, units: 'classes' as const },
    ],
  };
  const jobId = await engine.ask('rates.find', { network, recipe: recipeSchema.parse({ batchSize: 8 }) });
  const ended = await engine.event('job.ended', (job) => job.jobId === jobId);
  expect(ended).toMatchObject({ jobId, kind: 'findRate', end: 'completed', error: null });
  const told = engine.events.filter(({ name }) => name === 'rates.points').map(({ payload }) => payload);
  const last = told.at(-1) as { jobId: string; points: { learningRate: number }[]; suggestion: number };
  expect(last.jobId).toBe(jobId);
  expect(last.points.length).toBeGreaterThan(20);
  expect(last.points.some(({ learningRate }) => Math.abs(learningRate / last.suggestion - 1) < 0.05)).toBe(true);
  expect(await engine.ask('runs.list', undefined)).toEqual([]);
});
