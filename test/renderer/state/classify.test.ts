import { beforeEach, describe, expect, test } from 'vitest';
import type { RunSummary } from '../../../src-main/shared/project.ts';
import type { Events } from '../../../src-main/shared/events.ts';
import { ClassifyState } from '../../../src-renderer/state/classify.svelte.ts';
import { Runs } from '../../../src-renderer/state/run.svelte.ts';
import { BridgeStandIn, settle } from './bridge-stand-in.ts';
import { summary } from './project-summary.ts';
import { run } from './run-summary.ts';

async function makeWorld(list: RunSummary[]) {
  let job = 0;
  const bridge = new BridgeStandIn({
    'project.current': () => summary,
    'runs.list': () => list,
    'classify.start': () => `job-${++job}`,
    'classify.saveCsv': () => undefined,
    'job.cancel': () => undefined,
  });
  const runs = new Runs(bridge.connection);
  await runs.refresh();
  const classify = new ClassifyState(bridge.connection, runs);
  const errors: unknown[] = [];
  classify.follow((error) => errors.push(error));
  return { bridge, classify, errors };
}

const list = [
  run('old', '2026-01-01T00:00:00Z'),
  run('new', '2026-01-03T00:00:00Z'),
  run('going', '2026-01-04T00:00:00Z', { end: null }),
  run('empty', '2026-01-05T00:00:00Z', { end: 'stopped', last: null }),
];
const result = (path: string) => ({ path, predictions: [{ class: 'cat', probability: 1 }] });
const results = (jobId: string, path: string): Events['classify.results'] => ({ jobId, results: [result(path)] });
const ended = (jobId: string, change: Partial<Events['job.ended']> = {}): Events['job.ended'] => ({
  jobId,
  kind: 'classify',
  end: 'completed',
  summary: '',
  error: null,
  ...change,
});

let world: Awaited<ReturnType<typeof makeWorld>>;
beforeEach(async () => {
  world = await makeWorld(list);
});

describe('the run to classify with', () => {
  test('is the newest that has an epoch and ended, until another is chosen', () => {
    const { classify } = world;
    expect(classify.available.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(classify.run?.id).toBe('new');
    classify.choose('old', 'best');
    expect(classify.run?.id).toBe('old');
  });

  test('is loaded before anything is dropped, and nothing is said where that fails', async () => {
    const { classify, bridge } = world;
    classify.choose('old', 'best');
    classify.prepare();
    await settle();
    expect(bridge.asked.at(-1)).toEqual({ name: 'classify.prepare', params: { runId: 'old', weights: 'best' } });
    const none = await makeWorld([]);
    none.classify.prepare();
    expect(none.bridge.timesAsked('classify.prepare')).toBe(0);
  });

  test('without one a drop is refused with the remedy', async () => {
    const { classify } = await makeWorld([]);
    expect(classify.run).toBeNull();
    await expect(classify.start(['/a.png'])).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringMatching(/Train/),
    });
  });
});

describe('classifying', () => {
  test('results gather until the end', async () => {
    const { classify, bridge } = world;
    await classify.start(['/folder']);
    expect(bridge.asked.at(-1)).toEqual({
      name: 'classify.start',
      params: { runId: 'new', weights: 'last', paths: ['/folder'] },
    });
    bridge.tell('classify.results', results('job-1', '/a'));
    bridge.tell('job.progress', { jobId: 'job-1', kind: 'classify', done: 1, total: 2, etaSeconds: 3 });
    expect(classify.progress).toEqual({ done: 1, total: 2, etaSeconds: 3 });
    bridge.tell('classify.results', results('job-1', '/b'));
    bridge.tell('job.ended', ended('job-1'));
    expect(classify.results.map(({ path }) => path)).toEqual(['/a', '/b']);
    expect(classify.busy).toBe(false);
    expect(classify.end).toBe('completed');
    await classify.saveCsv('/table.csv');
    const params = { path: '/table.csv', results: [result('/a'), result('/b')] };
    expect(bridge.asked.at(-1)).toEqual({ name: 'classify.saveCsv', params });
  });

  test('results tell what made them once something else is chosen', async () => {
    const { classify, bridge } = world;
    await classify.start(['/a']);
    bridge.tell('classify.results', results('job-1', '/a'));
    bridge.tell('job.ended', ended('job-1'));
    expect(classify.byOther).toBeNull();
    classify.choose('new', 'best');
    expect(classify.byOther).toMatchObject({ run: { id: 'new' }, weights: 'last' });
    classify.choose('old', 'last');
    expect(classify.byOther).toMatchObject({ run: { id: 'new' }, weights: 'last' });
    classify.choose('new', 'last');
    expect(classify.byOther).toBeNull();
  });

  test('results that overtake the reply to their start are kept', async () => {
    const { classify, bridge } = world;
    const started = classify.start(['/a']);
    await settle();
    bridge.tell('classify.results', results('job-1', '/a'));
    bridge.tell('job.ended', ended('job-1'));
    await started;
    expect(classify.results).toEqual([result('/a')]);
    expect(classify.busy).toBe(false);
  });

  test('another drop cancels the first and drops its late results', async () => {
    const { classify, bridge } = world;
    await classify.start(['/one']);
    bridge.tell('classify.results', results('job-1', '/one/a'));
    const second = classify.start(['/two']);
    await settle();
    bridge.tell('classify.results', results('job-1', '/one/b'));
    await second;
    bridge.tell('job.ended', ended('job-1', { end: 'stopped' }));
    bridge.tell('classify.results', results('job-2', '/two/a'));
    expect(bridge.asked).toContainEqual({ name: 'job.cancel', params: { jobId: 'job-1' } });
    expect(classify.results.map(({ path }) => path)).toEqual(['/two/a']);
    expect(classify.busy).toBe(true);
  });

  test('what went wrong is told', async () => {
    const { classify, bridge, errors } = world;
    await classify.start(['/one']);
    const error = { code: 'unreadable', message: 'No permission.', hint: '' } as const;
    bridge.tell('job.ended', ended('job-1', { end: 'failed', error }));
    expect(classify.end).toBe('failed');
    expect(errors).toEqual([expect.objectContaining({ code: 'unreadable', message: 'No permission.' })]);
  });

  test('ends when the engine is lost', async () => {
    const { classify, bridge } = world;
    await classify.start(['/one']);
    bridge.tell('engine.state', { state: 'lost', reason: 'killed' });
    expect(classify.busy).toBe(false);
    expect(classify.end).toBe('engineLost');
  });
});
