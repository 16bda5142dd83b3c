import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Params } from '../../../src-main/shared/protocol.ts';
import type { EpochMetrics } from '../../../src-main/shared/run.ts';
import { evaluated, useEngines, writeClassFolders, writeImage } from './support.ts';
import type { Engine } from './support.ts';

const engines = useEngines();
// A process for each training: on a busy machine each takes its time to begin.
vi.setConfig({ testTimeout: 300_000 });

const network: Params<'training.start'>['network'] = {
  input: { size: [12, 16], channels: 3 },
  layers: [
    { name: 'conv1', kind: 'conv2d', filters: 4, kernelSize: 3, padding: 'same', useBias: false },
    { name: 'bn1', kind: 'batchNorm' },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'pool1', kind: 'maxPool', poolSize: 2 },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/** An engine with a project of 20 reddish and 20 bluish images. */
async function openColours(): Promise<{ engine: Engine; folder: string; project: string }> {
  const folder = join(engines.home, 'colours');
  await writeClassFolders(folder, 20);
  const engine = await engines.start();
  const { path } = await engine.ask('project.fromFolder', { folder });
  await engine.event('job.ended');
  return { engine, folder, project: path };
}

const statesTold = ({ events }: Engine) =>
  events.flatMap((event) => (event.name === 'training.progress' ? [event.payload.state] : []));

test('a run from start to take-away: trained, looked into, measured, classified with, exported, kept', async () => {
  const { engine, folder, project } = await openColours();
  const recipe = { epochs: 3, batchSize: 8, learningRate: 0.02, validationShare: 0.25 };
  const { runId } = await engine.ask('training.start', { name: 'first', network, recipe });
  expect(await engine.refusal('training.start', { network, recipe })).toMatchObject({ code: 'usage' });
  expect(await engine.event('training.ended')).toEqual({ runId, end: 'completed', error: null });
  expect(engine.count('training.epoch')).toBe(3);
  expect(engine.count('training.ended')).toBe(1);

  const metrics = await engine.ask('runs.metrics', { runId });
  expect(metrics.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  const [summary] = await engine.ask('runs.list', undefined);
  expect(summary).toMatchObject({
    id: runId,
    name: 'first',
    end: 'completed',
    epochs: 3,
    classes: ['blue', 'red'],
    last: metrics[2],
  });

  const maps = await engine.ask('inspect.maps', { subject: { runId }, imageId: 1 });
  expect(maps.input).toMatchObject({ height: 12, width: 16, channels: 3 });
  expect(maps.layers.map(({ name, shape }) => [name, shape])).toEqual([
    ['conv1', [12, 16, 4]],
    ['bn1', [12, 16, 4]],
    ['relu1', [12, 16, 4]],
    ['pool1', [6, 8, 4]],
    ['gap', [4]],
    ['logits', [2]],
  ]);
  const pooling = await engine.ask('explain.pooling', { subject: { runId }, imageId: 1, layer: 'pool1' });
  // TensorFlow fuses other operations where fewer tensors are asked for, so the last bits may differ.
  const pooled = await engine.ask('inspect.values', { subject: { runId }, imageId: 1, layer: 'pool1', map: 3 });
  const fourth = pooling.pooled.max.values.filter((_, at) => at % 4 === 3);
  expect(fourth).toHaveLength(pooled.length);
  expect(pooled.every((value, at) => Math.abs(value - fourth[at]!) < 1e-5)).toBe(true);
  expect(Math.max(...pooled)).toBe(maps.layers.find(({ name }) => name === 'pool1')!.statistics.max[3]);
  const measuring = await engine.ask('inspect.batchNorm', { subject: { runId }, imageId: 1, layer: 'bn1' });
  const { answer: batchNorm } = await engine.event('inspect.batchNorm', ({ jobId }) => jobId === measuring);
  const measured = await engine.event('job.ended', ({ jobId }) => jobId === measuring);
  expect(measured).toMatchObject({ kind: 'batchNorm', end: 'completed' });
  const wrong = await engine.ask('inspect.batchNorm', { subject: { runId }, imageId: 1, layer: 'conv1' });
  const failed = await engine.event('job.ended', ({ jobId }) => jobId === wrong);
  expect(failed).toMatchObject({
    end: 'failed',
    error: { message: expect.stringMatching(/conv1 is conv2d/) as string },
  });
  expect(batchNorm.batch).toHaveLength(30);
  expect(batchNorm.batch.every((path) => path.startsWith(folder))).toBe(true);
  expect(batchNorm.batchMean).toHaveLength(4);

  // The sides are the run's own: 15 of 20 images of each class to learn from, 5 held out.
  const evaluation = async (split: Params<'evaluate.run'>['split']) => {
    const { perClass, accuracy } = await evaluated(engine, { runId, split });
    return { support: perClass.map(({ support }) => support), accuracy };
  };
  expect((await evaluation('all')).support).toEqual([20, 20]);
  expect((await evaluation('train')).support).toEqual([15, 15]);
  expect(await evaluation('validation')).toEqual({ support: [5, 5], accuracy: metrics[2]!.validationAccuracy });
  await expect(evaluated(engine, { runId, split: 'test' })).rejects.toMatchObject({ code: 'no-images' });

  writeFileSync(join(folder, 'broken.png'), 'no image');
  const paths = [join(folder, 'red'), join(folder, 'broken.png'), join(folder, 'missing.png')];
  const jobId = await engine.ask('classify.start', { runId, paths, top: 1 });
  const ended = await engine.event('job.ended', (job) => job.jobId === jobId);
  expect(ended).toMatchObject({
    kind: 'classify',
    end: 'completed',
    summary: '20 images classified; 2 images could not be read.',
  });
  const results = engine.events.flatMap((event) => (event.name === 'classify.results' ? event.payload.results : []));
  expect(results).toHaveLength(22);
  expect(results.slice(0, 20).every((result) => 'predictions' in result && result.predictions.length === 1)).toBe(true);
  expect(results.slice(20)).toMatchObject([
    { error: expect.stringMatching(/\w/) },
    { error: expect.stringMatching(/\w/) },
  ]);

  const out = join(engines.home, 'taken away');
  const exported = await engine.ask('export.tfjs', { runId, path: out });
  expect(exported.maxDifference).toBeLessThan(1e-5);
  expect(existsSync(join(out, 'model.json'))).toBe(true);
  expect(await engine.refusal('export.tfjs', { runId, path: out })).toMatchObject({ code: 'exists' });

  // Had the second epoch been the best, its weights, which are kept, would be the best ones.
  const lines = join(project, 'runs', runId, 'metrics.jsonl');
  const written = readFileSync(lines);
  const judge = (one: EpochMetrics) => ({ ...one, validationAccuracy: one.epoch === 2 ? 1 : 0 });
  writeFileSync(lines, metrics.map((one) => `${JSON.stringify(judge(one))}\n`).join(''));
  const sure = async (weights: 'last' | 'best') => {
    const jobId = await engine.ask('classify.start', { runId, weights, paths: [join(folder, 'red', '0.png')], top: 1 });
    const { results } = await engine.event('classify.results', (told) => told.jobId === jobId);
    return results;
  };
  expect(await sure('best')).not.toEqual(await sure('last'));
  const best = join(engines.home, 'best taken away');
  expect((await engine.ask('export.tfjs', { runId, weights: 'best', path: best })).maxDifference).toBeLessThan(1e-5);
  const weightsIn = (path: string) =>
    readdirSync(path)
      .filter((name) => name.endsWith('.bin'))
      .map((name) => readFileSync(join(path, name)));
  expect(weightsIn(best)).not.toEqual(weightsIn(out));
  writeFileSync(lines, written);

  await engine.ask('runs.rename', { runId, name: 'renamed' });
  await engine.ask('runs.note', { runId, note: 'the first\nthat worked' });
  await engine.stop();
  const again = await engines.start();
  await again.ask('project.open', { path: project });
  expect(await again.ask('runs.list', undefined)).toEqual([
    { ...summary, name: 'renamed', note: 'the first\nthat worked' },
  ]);
  await again.ask('runs.note', { runId, note: '' });
  const [noted] = await again.ask('runs.list', undefined);
  expect(noted!.note).toBe('');
  expect(JSON.parse(readFileSync(join(project, 'runs', runId, 'run.json'), 'utf8'))).toMatchObject(noted!.record);
  expect((await again.ask('inspect.maps', { subject: { runId }, imageId: 1 })).layers).toEqual(maps.layers);
  await again.ask('runs.delete', { runId });
  expect(await again.ask('runs.list', undefined)).toEqual([]);
  expect(existsSync(join(project, 'runs', runId))).toBe(false);
  expect(await again.refusal('runs.metrics', { runId })).toMatchObject({ code: 'not-found' });
});

test('while it trains, labels are answered; paused it stands still; stopped it ends once', async () => {
  const { engine } = await openColours();
  const { runId } = await engine.ask('training.start', { network, recipe: { epochs: 100_000, batchSize: 8 } });
  await engine.event('training.epoch');
  for (let i = 1; i <= 20; i++) await engine.ask('labels.set', { ids: [i], classId: 2 });
  expect(engine.count('training.ended')).toBe(0);
  expect(await engine.refusal('runs.delete', { runId })).toMatchObject({ code: 'usage' });

  await engine.ask('training.pause', { runId });
  await engine.event('training.progress', ({ state }) => state === 'paused');
  const epochs = engine.count('training.epoch');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(engine.count('training.epoch')).toBe(epochs);
  expect(statesTold(engine).filter((state) => state === 'paused')).toHaveLength(1);
  expect(statesTold(engine).at(-1)).toBe('paused');
  await engine.ask('training.continue', { runId });
  expect(statesTold(engine).at(-1)).not.toBe('paused');
  await engine.event('training.epoch', ({ metrics }) => metrics.epoch > epochs + 1);

  await engine.ask('training.stop', { runId });
  expect(await engine.event('training.ended')).toEqual({ runId, end: 'stopped', error: null });
  expect(await engine.ask('runs.list', undefined)).toMatchObject([{ id: runId, end: 'stopped' }]);
  expect(engine.count('training.ended')).toBe(1);
  expect((await engine.ask('inspect.maps', { subject: { runId }, imageId: 1 })).layers).toHaveLength(6);
});

test('paused while images are still read, it stands still before its second step and says so', async () => {
  const { engine } = await openColours();
  const { runId } = await engine.ask('training.start', { network, recipe: { epochs: 1, batchSize: 8 } });
  await engine.ask('training.pause', { runId });
  expect(statesTold(engine)).not.toContain('training');
  expect(await engine.event('training.progress', ({ state }) => state === 'paused')).toMatchObject({ step: 1 });
  await engine.ask('training.continue', { runId });
  expect(await engine.event('training.ended')).toMatchObject({ end: 'completed' });
});

test('a project that cannot be opened leaves the training going; one that can be stops it', async () => {
  const { engine, project } = await openColours();
  const { runId } = await engine.ask('training.start', { network, recipe: { epochs: 100_000, batchSize: 8 } });
  await engine.event('training.epoch');
  expect(await engine.refusal('project.open', { path: '/nowhere' })).toMatchObject({ code: 'not-found' });
  expect(await engine.ask('project.open', { path: project })).toMatchObject({ path: project });
  const epochs = engine.count('training.epoch');
  await engine.event('training.epoch', ({ metrics }) => metrics.epoch > epochs + 1);
  expect(engine.count('training.ended')).toBe(0);
  await engine.ask('project.create', { name: 'next' });
  expect(await engine.event('training.ended')).toEqual({ runId, end: 'stopped', error: null });
  expect(await engine.ask('runs.list', undefined)).toEqual([]);
  await engine.ask('project.open', { path: project });
  expect(await engine.ask('runs.list', undefined)).toMatchObject([{ id: runId, end: 'stopped' }]);
});

test('an engine killed while training leaves a run that can be used and says how it ended', async () => {
  const { engine, project } = await openColours();
  const { runId } = await engine.ask('training.start', { network, recipe: { epochs: 100_000, batchSize: 8 } });
  await engine.event('training.epoch', ({ metrics }) => metrics.epoch === 3);
  await engine.kill();
  const again = await engines.start();
  await again.ask('project.open', { path: project });
  const [run] = await again.ask('runs.list', undefined);
  expect(run).toMatchObject({ id: runId, end: 'engineLost' });
  expect(run!.epochs).toBeGreaterThanOrEqual(3);
  expect((await again.ask('inspect.maps', { subject: { runId }, imageId: 1 })).layers).toHaveLength(6);
});

test('what cannot be trained is refused or ends as failed, in words; the engine goes on', async () => {
  const engine = await engines.start();
  await engine.ask('project.create', { name: 'empty' });
  const tooLarge = {
    ...network,
    layers: [{ name: 'conv1', kind: 'conv2d', filters: 4, kernelSize: 99 }, ...network.layers.slice(1)],
  };
  expect(await engine.refusal('training.start', { network: tooLarge as typeof network, recipe: {} })).toMatchObject({
    code: 'invalid-network',
    message: expect.stringContaining('conv1'),
  });

  const start = async () => {
    const { runId } = await engine.ask('training.start', { network, recipe: { epochs: 1 } });
    return engine.event('training.ended', (ended) => ended.runId === runId);
  };
  expect(await start()).toMatchObject({ end: 'failed', error: { code: 'no-images' } });

  await writeImage(join(engines.home, 'one', 'red', '1.png'), [200, 0, 0]);
  await writeImage(join(engines.home, 'one', 'red', '2.png'), [200, 0, 0], 2);
  await engine.ask('images.import', { paths: [join(engines.home, 'one')] });
  await engine.event('job.ended');
  expect(await start()).toMatchObject({ end: 'failed', error: { code: 'too-few-classes' } });
  expect(await engine.ask('runs.list', undefined)).toEqual([]);
});

test('a run that diverges ends so, with the remedy', async () => {
  const { engine } = await openColours();
  const plain = { ...network, layers: network.layers.filter(({ kind }) => kind !== 'batchNorm') };
  const recipe = { epochs: 50, batchSize: 8, optimizer: 'sgd', learningRate: 100 } as const;
  const wild = {
    ...plain,
    layers: plain.layers.map((layer) =>
      layer.kind === 'activation' ? { ...layer, function: 'linear' as const } : layer,
    ),
  };
  await engine.ask('training.start', { network: wild, recipe });
  expect(await engine.event('training.ended')).toMatchObject({
    end: 'diverged',
    error: { code: 'diverged', hint: expect.stringMatching(/smaller learning rate/) },
  });
});

test('images that turn out unusable are left out of the run and marked; missing ones are named until they are back', async () => {
  const { engine, folder } = await openColours();
  const broken = join(folder, 'red', '3.png');
  const gone = join(folder, 'blue', '4.png');
  const bytes = readFileSync(gone);
  writeFileSync(broken, 'overwritten since');
  rmSync(gone);
  const train = async () => {
    const { runId } = await engine.ask('training.start', { network, recipe: { epochs: 1, validationShare: 0 } });
    const { end, error } = await engine.event('training.ended', (ended) => ended.runId === runId);
    expect(end).toBe('completed');
    return { runId, error };
  };
  const pathsOf = async (query: Params<'images.list'>) => {
    const { ids } = await engine.ask('images.list', query);
    return (await Promise.all([...ids].map((id) => engine.ask('images.facts', { id })))).map(({ path }) => path);
  };
  const { runId, error } = await train();
  expect(error).toMatchObject({ code: 'not-found', message: expect.stringMatching(/without 1 image, .*blue\/4\.png/) });
  expect(await pathsOf({ status: 'rejected' })).toEqual([broken]);
  expect(await pathsOf({ missing: true })).toEqual([gone]);
  const { perClass, leftOut } = await evaluated(engine, { runId, split: 'train' });
  expect(perClass.map(({ support }) => support)).toEqual([19, 19]);
  expect(leftOut).toEqual([
    { path: gone, reason: 'the file is missing' },
    { path: broken, reason: expect.stringMatching(/not an image/) },
  ]);
  expect((await train()).error).toEqual(error);
  writeFileSync(gone, bytes);
  expect((await train()).error).toBeNull();
  expect(await pathsOf({ missing: true })).toEqual([]);
});

test('a run copied in by hand is listed and used; one that is damaged is told, and can be deleted', async () => {
  const { engine, project } = await openColours();
  const { runId } = await engine.ask('training.start', { network, recipe: { epochs: 1 } });
  await engine.event('training.ended');
  await engine.ask('project.close', undefined);
  const other = await engine.ask('project.create', { name: 'other' });
  const copied = join(other.path, 'runs', 'copied');
  mkdirSync(copied);
  for (const file of ['run.json', 'metrics.jsonl']) {
    writeFileSync(join(copied, file), readFileSync(join(project, 'runs', runId, file)));
  }
  expect(await engine.ask('runs.list', undefined)).toMatchObject([{ id: 'copied', end: 'completed', epochs: 1 }]);
  expect(await engine.refusal('inspect.maps', { subject: { runId: 'copied' }, imageId: 1 })).toMatchObject({
    code: 'invalid-model',
  });
  expect(await engine.refusal('runs.rename', { runId: 'copied', name: 'x' })).toMatchObject({ code: 'unsupported' });
  expect(await engine.ask('runs.damaged', undefined)).toEqual([]);

  const runJson = readFileSync(join(copied, 'run.json'));
  const metrics = readFileSync(join(copied, 'metrics.jsonl'), 'utf8');
  /** What is wrong with a folder in runs/, by its files, and the words for it. */
  const damage: [file: string, content: string | Uint8Array, problem: RegExp][] = [
    ['run.json', runJson.subarray(0, 300), /run.json is not whole JSON: .*\.$/],
    ['run.json', '{"format":1}', /run.json is damaged: name: .*\.$/],
    [
      'run.json',
      runJson.toString().replace('"maxPool"', '"minPool"'),
      /run.json is damaged: .*unknown kind "minPool".*[^.]$/,
    ],
    ['metrics.jsonl', `${metrics}{"epoch":\n`, /metrics.jsonl is not whole JSON/],
    ['metrics.jsonl', `${metrics}{"epoch":2}\n`, /metrics.jsonl is damaged: line 2/],
  ];
  for (const [file, content, problem] of damage) {
    writeFileSync(join(copied, 'run.json'), runJson);
    writeFileSync(join(copied, 'metrics.jsonl'), metrics);
    writeFileSync(join(copied, file), content);
    expect(await engine.ask('runs.damaged', undefined)).toEqual([
      { id: 'copied', problem: expect.stringMatching(problem) },
    ]);
    expect(await engine.ask('runs.list', undefined)).toEqual([]);
    expect(await engine.refusal('inspect.maps', { subject: { runId: 'copied' }, imageId: 1 })).toMatchObject({
      code: 'invalid-model',
    });
  }
  mkdirSync(join(other.path, 'runs', 'empty'));
  writeFileSync(join(other.path, 'runs', 'note'), 'no folder');
  expect(await engine.ask('runs.damaged', undefined)).toMatchObject([
    { id: 'copied' },
    { id: 'empty', problem: expect.stringMatching(/^There is no .*run.json/) },
  ]);
  for (const runId of ['copied', 'empty']) await engine.ask('runs.delete', { runId });
  expect(readdirSync(join(other.path, 'runs'))).toEqual(['note']);
  expect(await engine.ask('runs.damaged', undefined)).toEqual([]);
  expect(await engine.refusal('runs.delete', { runId: '../../other' })).toMatchObject({ code: 'not-found' });
  expect(await engine.refusal('runs.metrics', { runId: '../../../etc' })).toMatchObject({ code: 'not-found' });
});

test('networks are saved, written to files and read back; a wrong file says what is wrong', async () => {
  const engine = await engines.start();
  await engine.ask('project.create', { name: 'networks' });
  const saved = await engine.ask('networks.save', { name: 'mine', json: network });
  expect(await engine.ask('networks.list', undefined)).toEqual([saved]);
  const file = join(engines.home, 'net.json');
  await engine.ask('networks.writeFile', { path: file, json: network });
  const read = await engine.ask('networks.readFile', { path: file });
  expect(read.layers.map(({ name }) => name)).toEqual(network.layers.map(({ name }) => name));
  writeFileSync(file, '{"input": {"size": 8, "channels": 3}, "layers": [{"name": "a", "kind": "conv3d"}]}');
  expect(await engine.refusal('networks.readFile', { path: file })).toMatchObject({ code: 'invalid-network' });
  writeFileSync(file, '{"input": ');
  expect(await engine.refusal('networks.readFile', { path: file })).toMatchObject({
    code: 'invalid-network',
    message: expect.stringContaining('not JSON'),
  });
  await engine.ask('networks.delete', { id: saved.id });
  await engine.ask('project.undo', undefined);
  expect(await engine.ask('networks.list', undefined)).toEqual([saved]);
});

test('says what it is made of', async () => {
  const engine = await engines.start();
  const report = await engine.ask('engine.doctor', undefined);
  expect(report.node).toBe(process.versions.node);
  expect(report.tensorflow).toMatch(/^2\.\d+/);
  expect(report.sharp).toMatch(/^0\.\d+/);
});
