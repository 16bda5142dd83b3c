/** Suggestions in a real engine, on real pictures: learnt, made, accepted, taken back; and images by likeness. */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { labelOrigins } from '../../../src-main/shared/image-query.ts';
import type { ImageColumns } from '../../../src-main/shared/project.ts';
import { useEngines } from './support.ts';
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

const unlabelled = (columns: ImageColumns): number[] => [...columns.ids].filter((_, i) => columns.classIds[i] === 0);

describe('suggestions of the built-in network', () => {
  test('are learnt from a few labels, count as labels only once accepted, and come back with undo', async () => {
    const { engine, truth } = await openPictures(20);
    expect((await engine.refusal('suggestions.start', { runId: null })).code).toBe('too-few-classes');
    const classIds = await labelSome(engine, truth, 4);
    const ended = await suggest(engine);
    expect(ended).toMatchObject({ kind: 'suggest', end: 'completed', error: null });
    const state = await engine.ask('suggestions.state', undefined);
    expect(state).toMatchObject({ source: 'the built-in network', suggested: 48, withFeatures: 60, usable: 60 });

    const list = await engine.ask('images.list', {});
    expect(unlabelled(list)).toHaveLength(48);
    let right = 0;
    list.ids.forEach((id, i) => {
      if (list.classIds[i] !== 0) expect(list.predictedIds[i]).toBe(0);
      else if (list.predictedIds[i] === classIds.get(truth.get(id)!)) right++;
    });
    expect(right / 48).toBeGreaterThan(0.7);

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
    expect(accepted).toBeGreaterThan(5);
    expect(unlabelled(after)).toHaveLength(46 - accepted);

    await engine.ask('project.undo', undefined);
    await engine.ask('project.undo', undefined);
    const undone = await engine.ask('images.list', {});
    expect(undone.classIds).toEqual(list.classIds);
    expect(undone.predictedIds).toEqual(list.predictedIds);

    await engine.ask('suggestions.clear', undefined);
    expect(await engine.ask('suggestions.state', undefined)).toMatchObject({ source: null, suggested: 0 });
  });

  test('for all images: a wrong label is told, since it was not used to judge its own image', async () => {
    const { engine, truth } = await openPictures(15);
    const classIds = await labelSome(engine, truth, 15);
    const flag = [...truth].find(([, kind]) => kind === 'flags')![0];
    await engine.ask('labels.set', { ids: [flag], classId: classIds.get('faces')! });
    expect((await suggest(engine, 'all')).end).toBe('completed');
    const wrong = await engine.ask('images.list', { predictedWrongly: true });
    expect([...wrong.ids]).toContain(flag);
    expect(wrong.ids.length).toBeLessThan(15);
    const facts = await engine.ask('images.facts', { id: flag });
    expect(facts.prediction!.classId).toBe(classIds.get('flags'));
  });

  test('pass over pictures that are gone, and say so', async () => {
    const { engine, truth } = await openPictures(6);
    await labelSome(engine, truth, 2);
    const { ids } = await engine.ask('images.list', { classId: null });
    const { path } = await engine.ask('images.facts', { id: ids[0]! });
    rmSync(path);
    const ended = await suggest(engine);
    expect(ended.end).toBe('completed');
    expect(ended.summary).toContain('11 images predicted by the built-in network; 1 image could not be read.');
  });

  test('stopped half way keep what is there', async () => {
    const { engine, truth } = await openPictures(60);
    await labelSome(engine, truth, 2);
    const jobId = await engine.ask('suggestions.start', { runId: null });
    await engine.event('job.progress', ({ kind, done, total }) => kind === 'suggest' && done >= 16 && done < total);
    await engine.ask('job.cancel', { jobId });
    const ended = await engine.event('job.ended', endOf(jobId));
    expect(ended.end).toBe('stopped');
    const { withFeatures } = await engine.ask('suggestions.state', undefined);
    expect(withFeatures).toBeGreaterThanOrEqual(6);
    expect(withFeatures).toBeLessThan(180);
  });
});

describe('images by likeness', () => {
  test('the chosen one in front, its own kind before the others, with other filters', async () => {
    const { engine, truth } = await openPictures(15);
    const jobId = await engine.ask('features.start', undefined);
    expect((await engine.event('job.ended', endOf(jobId))).end).toBe('completed');
    const flag = [...truth].find(([, kind]) => kind === 'flags')![0];
    const { ids } = await engine.ask('images.list', { similarTo: [flag] });
    expect(ids[0]).toBe(flag);
    expect(ids).toHaveLength(45);
    const near = [...ids].slice(1, 11).filter((id) => truth.get(id) === 'flags');
    expect(near.length).toBeGreaterThanOrEqual(8);
    const faces = await engine.ask('images.list', { similarTo: [flag], text: 'faces-' });
    expect([...faces.ids]).toEqual([...ids].filter((id) => truth.get(id) === 'faces'));
  });
});
