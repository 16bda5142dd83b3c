/** Suggestions in a real engine, on real pictures: learnt, made, accepted, taken back; and images by likeness. */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { getPriority } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { labelOrigins } from '../../../src-main/shared/image-query.ts';
import type { NetworkJson } from '../../../src-main/shared/network/spec.ts';
import type { ImageColumns } from '../../../src-main/shared/project.ts';
import { useEngines, writeClassFolders, writeImage } from './support.ts';
import type { Engine } from './support.ts';

const emoji = fileURLToPath(new URL('../../../resources/demo/emoji', import.meta.url));
const kinds = ['animals', 'faces', 'flags'] as const;
const engines = useEngines();

/** A project with `count` pictures of each kind in one folder, none with a label; the file's name tells the kind. */
async function openPictures(count: number): Promise<{ engine: Engine; truth: Map<number, string> }> {
  const folder = join(engines.home, 'pictures');
  mkdirSync(folder);
  for (const kind of kinds) {
    const names = readdirSync(join(emoji, kind)).slice(0, count);
    for (const name of names) copyFileSync(join(emoji, kind, name), join(folder, `${kind}-${name}`));
  }
  const engine = await engines.start();
  await engine.ask('project.create', { name: 'pictures' });
  await engine.event('job.ended', endOf(await engine.ask('images.import', { paths: [folder] })));
  const { ids } = await engine.ask('images.list', {});
  const truth = new Map<number, string>();
  for (const id of ids) {
    const { path } = await engine.ask('images.facts', { id });
    truth.set(id, basename(path).split('-')[0]!);
  }
  return { engine, truth };
}

const endOf =
  (jobId: string) =>
  (ended: { jobId: string }): boolean =>
    ended.jobId === jobId;

/** Makes the classes and labels the first `count` pictures of each; answers with each class's id. */
async function labelSome(engine: Engine, truth: Map<number, string>, count: number): Promise<Map<string, number>> {
  const classIds = new Map<string, number>();
  for (const kind of kinds) {
    const { id } = await engine.ask('classes.create', { name: kind });
    classIds.set(kind, id);
    const ids = [...truth].flatMap(([image, name]) => (name === kind ? [image] : [])).slice(0, count);
    await engine.ask('labels.set', { ids, classId: id });
  }
  return classIds;
}

async function suggest(engine: Engine, scope: 'unlabelled' | 'all' = 'unlabelled') {
  const jobId = await engine.ask('suggestions.start', { runId: null, scope });
  return engine.event('job.ended', endOf(jobId));
}

function childrenOf(parent: number): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const ofParent = readFileSync(`/proc/${entry}/status`, 'utf8').includes(`\nPPid:\t${parent}\n`);
        return ofParent ? [{ pid: Number(entry), command: readFileSync(`/proc/${entry}/cmdline`, 'utf8') }] : [];
      } catch {
        return []; // It ended meanwhile.
      }
    });
}

const unlabelled = (columns: ImageColumns): number[] => [...columns.ids].filter((_, i) => columns.classIds[i] === 0);

describe('suggestions of the built-in network', () => {
  test('are learnt from a few labels, count as labels only once accepted, come back with undo; likeness is told, too', async () => {
    const { engine, truth } = await openPictures(12);
    expect((await engine.refusal('suggestions.start', { runId: null })).code).toBe('too-few-classes');
    const classIds = await labelSome(engine, truth, 4);
    const ended = await suggest(engine);
    expect(ended).toMatchObject({ kind: 'suggest', end: 'completed', error: null });
    const state = await engine.ask('suggestions.state', undefined);
    expect(state).toMatchObject({ source: 'the built-in network', suggested: 24, withFeatures: 36, usable: 36 });

    const list = await engine.ask('images.list', {});
    expect(unlabelled(list)).toHaveLength(24);
    let right = 0;
    list.ids.forEach((id, i) => {
      if (list.classIds[i] !== 0) expect(list.predictedIds[i]).toBe(0);
      else if (list.predictedIds[i] === classIds.get(truth.get(id)!)) right++;
    });
    expect(right / 24).toBeGreaterThan(0.7);

    const [first, second] = unlabelled(list) as [number, number];
    await engine.ask('suggestions.accept', { ids: [first, second] });
    const suggestion = labelOrigins.indexOf('suggestion');
    const facts = await engine.ask('images.facts', { id: first });
    expect(facts).toMatchObject({ classId: facts.prediction!.classId, origin: 'suggestion' });
    const told = await engine.event('images.relabelled', ({ origin }) => origin === suggestion);
    expect(told.ids).toContain(first);

    const threshold = 0.5;
    const { accepted } = await engine.ask('suggestions.acceptAbove', { confidence: threshold });
    const after = await engine.ask('images.list', {});
    const above = [...list.ids].filter((id, i) => {
      return list.classIds[i] === 0 && list.confidences[i]! >= threshold && id !== first && id !== second;
    });
    expect(accepted).toBe(above.length);
    expect(accepted).toBeGreaterThan(3);
    expect(unlabelled(after)).toHaveLength(22 - accepted);

    await engine.ask('project.undo', undefined);
    await engine.ask('project.undo', undefined);
    const undone = await engine.ask('images.list', {});
    expect(undone.classIds).toEqual(list.classIds);
    expect(undone.predictedIds).toEqual(list.predictedIds);

    const flag = [...truth].find(([, kind]) => kind === 'flags')![0];
    const { ids } = await engine.ask('images.list', { similarTo: [flag] });
    expect(ids[0]).toBe(flag);
    expect(ids).toHaveLength(36);
    const near = [...ids].slice(1, 9).filter((id) => truth.get(id) === 'flags');
    expect(near.length).toBeGreaterThanOrEqual(6);
    const faces = await engine.ask('images.list', { similarTo: [flag], text: 'faces-' });
    expect([...faces.ids]).toEqual([...ids].filter((id) => truth.get(id) === 'faces'));

    await engine.ask('suggestions.clear', undefined);
    expect(await engine.ask('suggestions.state', undefined)).toMatchObject({ source: null, suggested: 0 });
  });

  test('for all images: a wrong label is told, since it was not used to judge its own image', async () => {
    const { engine, truth } = await openPictures(10);
    const classIds = await labelSome(engine, truth, 10);
    const flag = [...truth].find(([, kind]) => kind === 'flags')![0];
    await engine.ask('labels.set', { ids: [flag], classId: classIds.get('faces')! });
    expect((await suggest(engine, 'all')).end).toBe('completed');
    const wrong = await engine.ask('images.list', { predictedWrongly: true });
    expect([...wrong.ids]).toContain(flag);
    expect(wrong.ids.length).toBeLessThan(10);
    const facts = await engine.ask('images.facts', { id: flag });
    expect(facts.prediction!.classId).toBe(classIds.get('flags'));
  });

  test('stopped half way keep what is there', async () => {
    const { engine, truth } = await openPictures(30);
    await labelSome(engine, truth, 2);
    const jobId = await engine.ask('suggestions.start', { runId: null });
    await engine.event('job.progress', ({ kind, done, total }) => kind === 'suggest' && done >= 16 && done < total);
    expect((await engine.refusal('features.start', undefined)).code).toBe('usage');
    await engine.ask('job.cancel', { jobId });
    const ended = await engine.event('job.ended', endOf(jobId));
    expect(ended.end).toBe('stopped');
    const { withFeatures } = await engine.ask('suggestions.state', undefined);
    expect(withFeatures).toBeGreaterThanOrEqual(6);
    expect(withFeatures).toBeLessThan(90);
    const rest = await engine.ask('features.start', undefined);
    const { summary } = await engine.event('job.ended', endOf(rest));
    expect(summary).toBe(`${90 - withFeatures} images can now be compared.`);
  });

  test('whose process dies end as failed, keep what was computed, and can be started again', async () => {
    const { engine, truth } = await openPictures(24);
    await labelSome(engine, truth, 2);
    const jobId = await engine.ask('suggestions.start', { runId: null });
    await engine.event('job.progress', ({ kind, done, total }) => kind === 'suggest' && done >= 16 && done < total);
    const predictor = childrenOf(engine.pid).find(({ command }) => command.includes('predictor-main.ts'))!;
    expect(getPriority(predictor.pid)).toBeGreaterThan(0);
    process.kill(predictor.pid, 'SIGKILL');
    const ended = await engine.event('job.ended', endOf(jobId));
    expect(ended).toMatchObject({ end: 'failed', error: { code: 'engine-lost' } });
    expect((await engine.ask('suggestions.state', undefined)).withFeatures).toBeGreaterThanOrEqual(6);

    // A picture that went meanwhile costs its own prediction and no other.
    const { ids } = await engine.ask('images.list', { classId: null });
    rmSync((await engine.ask('images.facts', { id: ids.at(-1)! })).path);
    const again = await suggest(engine);
    expect(again.end).toBe('completed');
    expect(again.summary).toBe('65 images predicted by the built-in network; 1 image could not be read.');
    expect(await engine.ask('suggestions.state', undefined)).toMatchObject({ withFeatures: 71, suggested: 65 });
  });
});

describe('suggestions of a trained run', () => {
  test('come with its own preprocessing; a class that the project no longer has is left out', async () => {
    const folder = join(engines.home, 'colours');
    await writeClassFolders(folder, 12);
    await writeImage(join(folder, 'loose red.png'), [200, 20, 20], 77);
    await writeImage(join(folder, 'loose blue.png'), [20, 20, 200], 78);
    const engine = await engines.start();
    await engine.ask('project.fromFolder', { folder });
    await engine.event('job.ended', ({ kind }) => kind === 'import');
    const network: NetworkJson = {
      input: { size: [8, 6], channels: 3 },
      layers: [
        { name: 'gap', kind: 'globalAvgPool' },
        { name: 'logits', kind: 'dense', units: 'classes' },
      ],
    };
    const recipe = { epochs: 30, batchSize: 8, learningRate: 0.1, validationShare: 0 };
    const { runId } = await engine.ask('training.start', { name: 'colour run', network, recipe });
    await engine.event('training.ended', (ended) => ended.runId === runId);

    const suggestByRun = async (): Promise<Map<string, { className: string | undefined; confidence: number }>> => {
      const jobId = await engine.ask('suggestions.start', { runId });
      expect(await engine.event('job.ended', endOf(jobId))).toMatchObject({ end: 'completed', error: null });
      const names = new Map((await engine.ask('classes.list', undefined)).map(({ id, name }) => [id, name]));
      const { ids } = await engine.ask('images.list', { text: 'loose' });
      const found = new Map<string, { className: string | undefined; confidence: number }>();
      for (const id of ids) {
        const { path, prediction } = await engine.ask('images.facts', { id });
        const className = names.get(prediction!.classId);
        found.set(basename(path), { className, confidence: prediction!.confidence });
      }
      return found;
    };
    const found = await suggestByRun();
    expect(found.get('loose red.png')).toMatchObject({ className: 'red' });
    expect(found.get('loose blue.png')).toMatchObject({ className: 'blue' });
    expect(found.get('loose red.png')!.confidence).toBeGreaterThan(0.9);
    expect(await engine.ask('suggestions.state', undefined)).toMatchObject({ source: 'colour run', suggested: 2 });

    const red = (await engine.ask('classes.list', undefined)).find(({ name }) => name === 'red')!;
    await engine.ask('classes.delete', { id: red.id });
    const left = await suggestByRun();
    expect(left.get('loose red.png')).toMatchObject({ className: 'blue' });
    expect(left.get('loose red.png')!.confidence).toBeLessThan(0.1);
  });
});
