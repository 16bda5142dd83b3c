import { beforeEach, describe, expect, test } from 'vitest';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import type { Events } from '../../../src-main/shared/events.ts';
import { EvaluateState } from '../../../src-renderer/state/evaluate.svelte.ts';
import { Runs } from '../../../src-renderer/state/run.svelte.ts';
import { BridgeStandIn, settle } from './bridge-stand-in.ts';
import { summary } from './project-summary.ts';
import { run } from './run-summary.ts';

const list = [run('old', '2026-01-01T00:00:00Z'), run('new', '2026-01-03T00:00:00Z')];

/** Jobs are called job-1, job-2 and so on. */
async function makeWorld() {
  let jobs = 0;
  const present = [...list];
  const bridge = new BridgeStandIn({
    'project.current': () => summary,
    'runs.list': () => [...present],
    'evaluate.run': () => `job-${++jobs}`,
    'job.cancel': () => undefined,
  });
  const runs = new Runs(bridge.connection);
  await runs.refresh();
  const evaluate = new EvaluateState(bridge.connection, runs);
  evaluate.follow();
  const answer = (jobId: string, accuracy: number) => {
    const found = { accuracy, classes: ['cat'], confusion: [[1]], perClass: [], unknownClasses: [], leftOut: [] };
    bridge.tell('evaluate.result', { jobId, answer: found });
  };
  const end = (jobId: string, how: Partial<Events['job.ended']> = {}) =>
    bridge.tell('job.ended', { jobId, kind: 'evaluate', end: 'completed', summary: '', error: null, ...how });
  const cancelled = () => bridge.asked.flatMap(({ name, params }) => (name === 'job.cancel' ? [params] : []));
  return { bridge, runs, present, evaluate, answer, end, cancelled };
}

let world: Awaited<ReturnType<typeof makeWorld>>;
beforeEach(async () => {
  world = await makeWorld();
});

test('the chosen run is loaded before it is evaluated, and nothing is said where that fails', async () => {
  const { evaluate, bridge, present, runs } = world;
  evaluate.choose('old', 'best', 'all');
  evaluate.prepare();
  await settle();
  expect(bridge.asked.at(-1)).toEqual({ name: 'evaluate.prepare', params: { runId: 'old', weights: 'best' } });
  present.length = 0;
  await runs.refresh();
  evaluate.prepare();
  expect(bridge.timesAsked('evaluate.prepare')).toBe(1);
});

describe('evaluating', () => {
  test('is followed from before its name is known to its result', async () => {
    const { evaluate, bridge, answer, end } = world;
    expect(evaluate.job).toBeNull();
    const started = evaluate.evaluate();
    expect(evaluate.job).toEqual({ done: 0, total: 0, etaSeconds: null });
    await started;
    bridge.tell('job.progress', { jobId: 'job-1', kind: 'evaluate', done: 64, total: 128, etaSeconds: 9 });
    expect(evaluate.job).toMatchObject({ done: 64, total: 128, etaSeconds: 9 });
    expect(evaluate.result).toBeNull();
    answer('job-1', 0.75);
    end('job-1');
    expect([evaluate.job, evaluate.result?.accuracy]).toEqual([null, 0.75]);
  });

  test('anew takes the first result away; a result before the reply counts', async () => {
    const { evaluate, answer, end } = world;
    await evaluate.evaluate();
    answer('job-1', 0.1);
    end('job-1');
    const again = evaluate.evaluate();
    expect(evaluate.result).toBeNull();
    answer('job-2', 0.9);
    end('job-2');
    await again;
    expect([evaluate.job, evaluate.result?.accuracy]).toEqual([null, 0.9]);
  });

  test('is stopped, which is said until it is started again', async () => {
    const { evaluate, end, cancelled } = world;
    await evaluate.evaluate();
    await evaluate.cancel();
    expect(cancelled()).toEqual([{ jobId: 'job-1' }]);
    end('job-1', { end: 'stopped' });
    expect([evaluate.job, evaluate.stopped, evaluate.result]).toEqual([null, true, null]);
    await evaluate.evaluate();
    expect(evaluate.stopped).toBe(false);
    expect(evaluate.job).not.toBeNull();
  });

  test('what went wrong is kept until something else is chosen, be it refused, ended or lost with the engine', async () => {
    const { evaluate, bridge, end } = world;
    await evaluate.evaluate();
    const error = { code: 'no-images', message: 'There is no image.', hint: 'Label some.' } as const;
    end('job-1', { end: 'failed', error });
    expect([evaluate.job, evaluate.problem]).toEqual([null, 'There is no image. Label some.']);
    evaluate.choose('old', 'last', 'all');
    expect(evaluate.problem).toBeNull();

    await evaluate.evaluate();
    bridge.tell('engine.state', { state: 'lost', reason: 'It was killed.' });
    end('job-2', { end: 'engineLost', error: { code: 'engine-lost', message: 'The engine stopped.', hint: '' } });
    expect([evaluate.job, evaluate.problem]).toEqual([null, 'The engine stopped.']);

    bridge.answers['evaluate.run'] = () => {
      throw new ReceptiveError('not-found', 'There is no run "old".');
    };
    await evaluate.evaluate();
    expect([evaluate.job, evaluate.problem]).toEqual([null, 'There is no run "old".']);
  });

  test('another choice stops it, and what still comes of it is dropped', async () => {
    const { evaluate, answer, end, cancelled, bridge } = world;
    await evaluate.evaluate();
    evaluate.choose('old', 'best', 'test');
    await settle();
    expect(cancelled()).toEqual([{ jobId: 'job-1' }]);
    expect(evaluate.job).toBeNull();
    await evaluate.evaluate();
    answer('job-1', 0.1);
    end('job-1', { end: 'stopped' });
    expect(evaluate.result).toBeNull();
    expect(evaluate.job).not.toBeNull();
    expect(evaluate.stopped).toBe(false);
    answer('job-2', 0.9);
    end('job-2');
    expect(evaluate.result?.accuracy).toBe(0.9);
    const params = { runId: 'old', weights: 'best', split: 'test' };
    expect(bridge.asked.findLast(({ name }) => name === 'evaluate.run')?.params).toEqual(params);
  });

  test('another choice before its name is known stops it as well', async () => {
    const { evaluate, cancelled } = world;
    const started = evaluate.evaluate();
    evaluate.choose('new', 'last', 'test');
    await started;
    await settle();
    expect(cancelled()).toEqual([{ jobId: 'job-1' }]);
    expect(evaluate.job).toBeNull();
  });

  test('its run stays the chosen one when a newer one comes; without it nothing is shown of it', async () => {
    const { evaluate, runs, present, answer, end } = world;
    await evaluate.evaluate();
    answer('job-1', 0.75);
    end('job-1');
    present.push(run('newest', '2026-01-05T00:00:00Z'));
    await runs.refresh();
    expect([evaluate.run?.id, evaluate.result?.accuracy]).toEqual(['new', 0.75]);
    present.splice(1, 1);
    await runs.refresh();
    expect([evaluate.run?.id, evaluate.result]).toEqual(['newest', null]);
  });
});
