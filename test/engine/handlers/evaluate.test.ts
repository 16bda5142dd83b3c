/** Evaluating has a process of its own, and classifying has one that is kept for a while. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { argMax } from '../../../src-main/engine/evaluation/evaluate.ts';
import { loadDataset } from '../../../src-main/engine/images/dataset.ts';
import { RunFolder } from '../../../src-main/engine/training/run-folder.ts';
import type { Events } from '../../../src-main/shared/events.ts';
import { testDecoder } from '../../decoder/support.ts';
import { evaluated, isAlive, processesOf, linear as network, useEngines, writeClassFolders } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();
const decoder = testDecoder({ processes: 2 });
// Several processes each, TensorFlow in some of them: on a busy machine each takes its time to begin.
vi.setConfig({ testTimeout: 300_000 });

/** With a run over `count` images of each of two classes, which has learnt too little to get all of them right. */
async function openRun(count: number) {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, count);
  const engine = await engines.start();
  const { path } = await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  const recipe = { epochs: 1, learningRate: 1e-6 };
  const { runId } = await engine.ask('training.start', { network, recipe });
  await engine.event('training.ended');
  return { engine, folder, path, runId, run: join(path, 'runs', runId) };
}

/** The process that evaluates or classifies for that engine, where there is one. */
const evaluatorOf = (engine: Engine): number | undefined => processesOf(engine, 'evaluator-main')[0];

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

const endOf = (engine: Engine, jobId: string) => engine.event('job.ended', (job) => job.jobId === jobId);

/** Starts work until `act` has found its process before it was done. Answers with that process and how the work ended. */
async function interfere(
  engine: Engine,
  start: () => Promise<string>,
  act: (pid: number, jobId: string) => unknown,
): Promise<{ pid: number; end: Events['job.ended'] }> {
  for (;;) {
    const jobId = await start();
    let end: Events['job.ended'] | undefined;
    const over = endOf(engine, jobId).then((ended) => (end = ended));
    let pid: number | undefined;
    while (!end && pid === undefined) {
      pid = evaluatorOf(engine);
      await setTimeout(2);
    }
    if (pid !== undefined && !end) await act(pid, jobId);
    await over;
    if (end!.end !== 'completed') return { pid: pid!, end: end! };
  }
}

test('what is counted is what the run predicts, image by image', async () => {
  const { engine, folder, runId, run } = await openRun(50);
  const opened = RunFolder.open(run);
  const files = ['blue', 'red'].flatMap((name, label) =>
    Array.from({ length: 50 }, (_, at) => ({ path: join(folder, name, `${at}.png`), label })),
  );
  const { pixels, labels } = await loadDataset(files, opened.info.preprocessing, { decoder });
  const model = opened.loadModel();
  const confusion = [
    [0, 0],
    [0, 0],
  ];
  const size = pixels.length / labels.length;
  labels.forEach((label, at) => {
    confusion[label]![argMax(model.predict(pixels.subarray(at * size, (at + 1) * size)))]!++;
  });
  model.dispose();

  const evaluation = await evaluated(engine, { runId, split: 'all' });
  expect(evaluation).toMatchObject({ classes: ['blue', 'red'], confusion, leftOut: [], unknownClasses: [] });
  const told = engine.events.flatMap(({ name, payload }) =>
    name === 'job.progress' && payload.kind === 'evaluate' ? [[payload.done, payload.total]] : [],
  );
  expect(told[0]).toEqual([0, 100]);
  expect(told.at(-1)).toEqual([100, 100]);

  rmSync(join(folder, 'red', '3.png'));
  const again = await evaluated(engine, { runId, split: 'all' });
  expect(again.perClass.map(({ support }) => support)).toEqual([50, 49]);
  expect(again.leftOut).toEqual([{ path: join(folder, 'red', '3.png'), reason: 'there is no such file' }]);
});

test('while it goes on requests are answered; it is stopped at once, gives way to another, and ends with its project', async () => {
  const { engine, runId, path } = await openRun(8);
  const start = () => engine.ask('evaluate.run', { runId, split: 'all' });
  const first = await interfere(engine, start, async (pid, jobId) => {
    signal(pid, 'SIGSTOP');
    expect((await engine.ask('images.list', {})).ids).toHaveLength(16);
    await engine.ask('labels.set', { ids: [1], classId: 2 });
    await engine.ask('job.cancel', { jobId });
  });
  expect(first.end).toMatchObject({ kind: 'evaluate', end: 'stopped', error: null });
  await expect.poll(() => isAlive(first.pid), { timeout: 60_000 }).toBe(false);

  let support: number[] = [];
  const second = await interfere(engine, start, async (pid) => {
    signal(pid, 'SIGSTOP');
    support = (await evaluated(engine, { runId, split: 'all' })).perClass.map((row) => row.support);
  });
  expect(support).toEqual([7, 9]);
  expect(second.end).toMatchObject({ end: 'stopped', error: null });

  const startInProject = () => engine.ask('project.open', { path }).then(start);
  const third = await interfere(engine, startInProject, async (pid) => {
    signal(pid, 'SIGSTOP');
    await engine.ask('project.close', undefined);
  });
  expect(third.end).toMatchObject({ end: 'stopped', error: null });
  await expect.poll(() => isAlive(third.pid), { timeout: 60_000 }).toBe(false);
});

test('who deletes a run ends what is done with it, and not what is done with another', async () => {
  const { engine, folder, runId, run } = await openRun(8);
  const copies = ['evaluated', 'classified'];
  const deletes = async (pid: number, name: string) => {
    signal(pid, 'SIGSTOP');
    const [other] = copies.filter((one) => one !== name);
    await engine.ask('runs.delete', { runId: other! });
    expect(isAlive(pid)).toBe(true);
    await engine.ask('runs.delete', { runId: name });
  };
  const works = {
    evaluated: () => engine.ask('evaluate.run', { runId: 'evaluated', split: 'all' }),
    classified: () => engine.ask('classify.start', { runId: 'classified', paths: [folder] }),
  };
  for (const [name, start] of Object.entries(works)) {
    const startAnew = () => {
      copies.forEach((copy) => cpSync(run, join(run, '..', copy), { recursive: true }));
      return start();
    };
    const { pid, end } = await interfere(engine, startAnew, (pid) => deletes(pid, name));
    expect(end).toMatchObject({ end: 'stopped', error: null });
    await expect.poll(() => isAlive(pid), { timeout: 60_000 }).toBe(false);
  }
  expect((await engine.ask('runs.list', undefined)).map(({ id }) => id)).toContain(runId);
});

test('a crash of it is told as one, and it can be started again', async () => {
  const { engine, folder, path, runId, run } = await openRun(8);
  const evaluating = await interfere(
    engine,
    () => engine.ask('evaluate.run', { runId, split: 'all' }),
    (pid) => signal(pid, 'SIGKILL'),
  );
  expect(evaluating.end).toMatchObject({
    end: 'failed',
    error: { code: 'engine-lost', message: expect.stringMatching(/evaluates ended \(SIGKILL\), .*memory/) as string },
  });
  expect((await evaluated(engine, { runId, split: 'all' })).perClass).toHaveLength(2);
  // What evaluates is kept, and is not to be taken for what classifies.
  await engine.ask('project.close', undefined);
  await expect.poll(() => evaluatorOf(engine), { timeout: 60_000 }).toBeUndefined();
  await engine.ask('project.open', { path });

  const classify = () => engine.ask('classify.start', { runId, paths: [folder] });
  const classifying = await interfere(engine, classify, (pid) => signal(pid, 'SIGSEGV'));
  expect(classifying.end).toMatchObject({
    end: 'failed',
    error: { code: 'engine-lost', message: 'The process that classifies ended (SIGSEGV).' },
  });
  expect(await endOf(engine, await classify())).toMatchObject({
    end: 'completed',
    summary: '16 images classified.',
  });

  rmSync(join(run, 'checkpoints'), { recursive: true });
  await expect(evaluated(engine, { runId, split: 'all' })).rejects.toMatchObject({ code: 'invalid-model' });
  await engine.ask('runs.delete', { runId });
  expect(await engine.refusal('evaluate.run', { runId, split: 'all' })).toMatchObject({ code: 'not-found' });
});

test('the process that classifies is kept, classifies with the run as it is now, and ends with its project', async () => {
  const { engine, folder, runId, run } = await openRun(8);
  const classify = async () => {
    const paths = [join(folder, 'red', '0.png'), join(folder, 'gone.png')];
    const jobId = await engine.ask('classify.start', { runId, paths });
    expect(await endOf(engine, jobId)).toMatchObject({ end: 'completed' });
    return (await engine.event('classify.results', (told) => told.jobId === jobId)).results;
  };
  await engine.ask('classify.prepare', { runId });
  const pid = evaluatorOf(engine)!;
  const before = await classify();
  expect(before).toMatchObject([{ predictions: [{}, {}] }, { error: 'there is no such file' }]);
  expect(await classify()).toEqual(before);
  const other = await engine.ask('training.start', { network, recipe: { epochs: 1, seed: 2 } });
  await engine.event('training.ended', (ended) => ended.runId === other.runId);
  rmSync(join(run, 'checkpoints'), { recursive: true });
  cpSync(join(run, '..', other.runId, 'checkpoints'), join(run, 'checkpoints'), { recursive: true });
  expect(await classify()).not.toEqual(before);
  expect(evaluatorOf(engine)).toBe(pid);

  process.kill(pid, 'SIGKILL');
  // What comes before the engine has heard of it fails.
  const succeeds = () =>
    classify().then(
      () => true,
      () => false,
    );
  await expect.poll(succeeds, { timeout: 60_000 }).toBe(true);
  const next = evaluatorOf(engine)!;
  await engine.ask('project.close', undefined);
  await expect.poll(() => isAlive(next), { timeout: 60_000 }).toBe(false);
  expect(evaluatorOf(engine)).toBeUndefined();
});
