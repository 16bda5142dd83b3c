import { beforeEach, describe, expect, test } from 'vitest';
import type { DamagedRun, RunSummary } from '../../src-main/shared/project.ts';
import type { Events } from '../../src-main/shared/events.ts';
import { bestEpoch, recipeSchema, type EpochMetrics } from '../../src-main/shared/run.ts';
import { afterProgress, curve, startedRun, withEpoch } from '../../src-renderer/state/active-run.ts';
import { RunSelection } from '../../src-renderer/state/run-selection.svelte.ts';
import { Runs } from '../../src-renderer/state/run.svelte.ts';
import { canResume } from '../../src-renderer/state/usable-runs.ts';
import { ScriptedBridge, settle } from './scripted-bridge.ts';

const epoch = (number: number, accuracy = 0.5, validationAccuracy?: number): EpochMetrics => ({
  epoch: number,
  loss: 1 / number,
  accuracy,
  validationAccuracy,
  imagesPerSecond: 100,
});
const progress = (runId: string, over: Partial<Events['training.progress']> = {}): Events['training.progress'] => ({
  runId,
  state: 'training',
  epoch: 1,
  epochs: 3,
  step: 5,
  steps: 10,
  imagesPerSecond: 900,
  etaSeconds: 12,
  learningRate: 0.001,
  loss: 2,
  accuracy: 0.3,
  ...over,
});
const summary = (id: string, createdAt: string, over: Partial<RunSummary> = {}) =>
  ({ id, name: `run ${id}`, createdAt, end: 'completed', last: epoch(1), ...over }) as RunSummary;

describe('a run told by its events', () => {
  const started = startedRun('a', 'first', 3);

  test('takes its own progress and no other', () => {
    expect(afterProgress(started, progress('a'))).toEqual({ name: 'first', ...progress('a') });
    expect(afterProgress(started, progress('b'))).toBe(started);
    expect(afterProgress(null, progress('a'))).toBeNull();
  });

  test('an epoch that is told twice counts once', () => {
    expect(withEpoch([epoch(1), epoch(2)], epoch(2, 0.9))).toEqual([epoch(1), epoch(2, 0.9)]);
    expect(withEpoch([], epoch(1))).toEqual([epoch(1)]);
  });

  test.each([
    ['no epochs', [], null],
    ['the highest training accuracy', [epoch(1, 0.2), epoch(2, 0.8), epoch(3, 0.5)], 2],
    ['validation before training', [epoch(1, 0.2, 0.6), epoch(2, 0.8, 0.4)], 1],
    ['the first of equals', [epoch(1, 0.5), epoch(2, 0.5)], 1],
  ])('the best epoch: %s', (_what, metrics, best) => {
    expect(bestEpoch(metrics)?.epoch ?? null).toBe(best);
  });

  test.each([
    [
      'between epochs',
      { epoch: 3, step: 5, steps: 10 },
      [
        [1, 1],
        [2, 0.5],
        [2.5, 2],
      ],
    ],
    [
      'not yet past the last epoch',
      { epoch: 2, step: 10, steps: 10 },
      [
        [1, 1],
        [2, 0.5],
      ],
    ],
    [
      'before the first step',
      { epoch: 0, step: 0, steps: 0 },
      [
        [1, 1],
        [2, 0.5],
      ],
    ],
    [
      'without a figure',
      { epoch: 3, step: 5, steps: 10, loss: null },
      [
        [1, 1],
        [2, 0.5],
      ],
    ],
  ])('its curve grows %s', (_what, over, points) => {
    const active = { ...started, ...progress('a', over) };
    expect(curve([epoch(1), epoch(2)], 'loss', active)).toEqual(points);
  });

  test('a validation curve has points only where it was measured', () => {
    const metrics = [epoch(1, 0.5, 0.4), epoch(2), epoch(3, 0.5, 0.6)];
    expect(curve(metrics, 'validationAccuracy', { ...started, ...progress('a', { epoch: 4 }) })).toEqual([
      [1, 0.4],
      [3, 0.6],
    ]);
  });
});

describe('the runs of a project', () => {
  let bridge: ScriptedBridge;
  let runs: Runs;
  let list: RunSummary[];
  let damaged: DamagedRun[];
  let projectPath: string;
  const recipe = recipeSchema.parse({ epochs: 3 });
  const network = { input: { size: 8, channels: 1 }, layers: [] };

  beforeEach(async () => {
    list = [summary('old', '2026-01-01'), summary('new', '2026-02-01')];
    damaged = [];
    projectPath = '/a';
    bridge = new ScriptedBridge({
      'project.current': () => ({ path: projectPath }),
      'runs.list': () => list,
      'runs.damaged': () => damaged,
      'runs.metrics': () => [epoch(1), epoch(2)],
      'training.start': ({ name }) => {
        bridge.emit('training.started', { runId: 'x', name: name ?? '', epochs: 3, from: null });
        return { runId: 'x' };
      },
      'training.resume': ({ runId }) => {
        const { name, epochs } = list.find(({ id }) => id === runId)!;
        bridge.emit('training.started', { runId, name, epochs: 3, from: epochs });
        return { runId };
      },
      'training.stop': () => undefined,
      'training.pause': () => undefined,
      'training.continue': () => undefined,
    });
    runs = new Runs(bridge.connection);
    runs.follow();
    await settle();
  });

  test('are listed newest first', () => {
    expect(runs.list.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(runs.active).toBeNull();
  });

  test('damaged ones are known beside them, and gone with their project', async () => {
    damaged = [{ id: 'broken', problem: 'run.json is damaged.' }];
    bridge.emit('project.changed', { what: ['runs'] });
    await settle();
    expect(runs.damaged).toEqual(damaged);
    expect(runs.list).toHaveLength(2);
    projectPath = '/b';
    damaged = [];
    bridge.emit('project.changed', { what: ['project'] });
    await settle();
    expect(runs.damaged).toEqual([]);
  });

  test('one that is started is active at once, and its events are followed', async () => {
    await runs.start('mine', network, recipe);
    expect(runs.active).toMatchObject({ runId: 'x', name: 'mine', state: 'preparing', epochs: 3 });
    bridge.emit('training.progress', progress('x'));
    bridge.emit('training.progress', progress('other', { loss: 99 }));
    bridge.emit('training.epoch', { runId: 'x', metrics: epoch(1) });
    bridge.emit('training.epoch', { runId: 'other', metrics: epoch(7) });
    expect(runs.active).toMatchObject({ name: 'mine', loss: 2, step: 5 });
    expect(runs.metricsOf('x')).toEqual([epoch(1)]);
    expect(runs.metricsOf('other')).toEqual([]);
    bridge.emit('training.ended', { runId: 'other', end: 'failed', error: null });
    expect(runs.active).not.toBeNull();
    bridge.emit('training.ended', { runId: 'x', end: 'completed', error: null });
    expect(runs.active).toBeNull();
    expect(runs.notes.map(({ kind }) => kind)).toEqual(['started', 'epoch', 'ended']);
  });

  test('one that is resumed keeps its epochs, and tells what it outlives', async () => {
    list = [summary('new', '2026-02-01', { end: 'stopped', epochs: 2, recipe })];
    await runs.resume(list[0]!);
    expect(bridge.paramsOf('training.resume')).toEqual([{ runId: 'new' }]);
    expect(runs.active).toMatchObject({ runId: 'new', name: 'run new', epochs: 3 });
    const error = { code: 'disk-full', message: 'The disk is full.', hint: '' } as const;
    bridge.emit('training.warning', { runId: 'new', error });
    bridge.emit('training.epoch', { runId: 'new', metrics: epoch(3) });
    expect(runs.metricsOf('new').map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(runs.notes).toMatchObject([{ kind: 'resumed', epoch: 2 }, { kind: 'warning', error }, { kind: 'epoch' }]);
  });

  test.each([
    ['stopped', 2, true],
    ['engineLost', 0, true],
    ['failed', 2, true],
    ['stopped', 3, false],
    ['completed', 2, false],
    ['diverged', 2, false],
    [null, 2, false],
  ] as const)('one that is %s after %i of 3 epochs can be resumed: %s', (end, epochs, can) => {
    expect(canResume(summary('a', '2026-01-01', { end, epochs, recipe }))).toBe(can);
  });

  test.each([
    ['completed', 2, true],
    ['completed', 3, false],
    ['stopped', 2, false],
  ] as const)('one that is %s after %i of 3 epochs was ended by early stopping: %s', async (end, last, early) => {
    await runs.start('mine', network, recipe);
    bridge.emit('training.progress', progress('x', { epoch: last }));
    bridge.emit('training.ended', { runId: 'x', end, error: null });
    expect(runs.notes.at(-1)).toMatchObject({ kind: 'ended', end, early });
  });

  test('a better epoch is noted as the best so far', async () => {
    await runs.start('mine', network, recipe);
    for (const metrics of [epoch(1, 0.5), epoch(2, 0.7), epoch(3, 0.6)]) {
      bridge.emit('training.epoch', { runId: 'x', metrics });
    }
    expect(runs.notes.map(({ kind }) => kind)).toEqual(['started', 'epoch', 'best', 'epoch']);
  });

  test('pausing and going on ask the engine for the active run', async () => {
    await runs.start('mine', network, recipe);
    await runs.pause();
    expect(runs.active?.state).toBe('paused');
    await runs.continue();
    expect(runs.active?.state).toBe('training');
    expect(bridge.paramsOf('training.pause')).toEqual([{ runId: 'x' }]);
    expect(bridge.paramsOf('training.continue')).toEqual([{ runId: 'x' }]);
  });

  test('one that is asked to stop says so until it has ended', async () => {
    await runs.start('mine', network, recipe);
    bridge.emit('training.progress', progress('x'));
    expect([runs.stopping, runs.state]).toEqual([false, 'training']);
    const asked = runs.stop();
    expect(runs.stopping).toBe(true);
    await asked;
    bridge.emit('training.progress', progress('x'));
    expect([runs.stopping, runs.state]).toEqual([true, 'stopping']);
    bridge.emit('training.ended', { runId: 'x', end: 'stopped', error: null });
    expect(runs.state).toBeNull();
    list = [summary('x', '2026-01-01', { end: 'stopped', epochs: 1, recipe })];
    await runs.resume(summary('x', '2026-01-01', { end: 'stopped', epochs: 1, recipe }));
    expect(runs.stopping).toBe(false);
  });

  test('an engine that is lost ends the run; what it says later of that run changes nothing', async () => {
    await runs.start('mine', network, recipe);
    bridge.emit('engine.state', { state: 'lost', reason: 'killed' });
    expect(runs.active).toBeNull();
    expect(runs.notes.at(-1)).toMatchObject({ kind: 'ended', end: 'engineLost', error: { message: 'killed' } });
    const noted = runs.notes.length;
    bridge.emit('training.ended', { runId: 'x', end: 'engineLost', error: null });
    bridge.emit('training.progress', progress('x'));
    expect(runs.notes).toHaveLength(noted);
    expect(runs.active).toBeNull();
  });

  test('a run that was going before the window was reloaded is taken up again', async () => {
    list = [...list, summary('going', '2026-03-01', { end: null })];
    bridge.emit('project.changed', { what: ['runs'] });
    await settle();
    bridge.emit('training.progress', progress('going', { epoch: 3 }));
    await settle();
    expect(runs.active).toMatchObject({ runId: 'going', name: 'run going', epoch: 3 });
    expect(runs.metricsOf('going')).toEqual([epoch(1), epoch(2)]);
  });

  test('another project starts from nothing; a change to this one forgets nothing', async () => {
    await runs.load('old');
    bridge.emit('project.changed', { what: ['project'] });
    await settle();
    expect(runs.metricsOf('old')).toHaveLength(2);
    projectPath = '/b';
    list = [];
    bridge.emit('project.changed', { what: ['project'] });
    await settle();
    expect(runs.list).toEqual([]);
    expect(runs.metricsOf('old')).toEqual([]);
  });

  test('one that is deleted keeps its metrics as long as it is listed, so that nobody asks for them again', async () => {
    await runs.load('old');
    const kept: [listed: boolean, epochs: number][] = [];
    bridge.answers['runs.delete'] = () => void (list = list.filter(({ id }) => id !== 'old'));
    bridge.answers['runs.list'] = () => {
      kept.push([runs.list.some(({ id }) => id === 'old'), runs.metricsOf('old').length]);
      return list;
    };
    await runs.delete('old');
    expect(kept).toEqual([[true, 2]]);
    expect(runs.list.map(({ id }) => id)).toEqual(['new']);
    expect(runs.metricsOf('old')).toEqual([]);
  });

  test('metrics are asked for once', async () => {
    await Promise.all([runs.load('old'), runs.load('old')]);
    await runs.load('old');
    expect(bridge.paramsOf('runs.metrics')).toEqual([{ runId: 'old' }]);
  });

  describe('chosen and shown', () => {
    test('the newest until told otherwise', () => {
      const selection = new RunSelection(runs);
      expect(selection.chosen?.id).toBe('new');
      expect(selection.shown.map(({ id }) => id)).toEqual(['new']);
      selection.choose('old');
      selection.show('old', true);
      expect(selection.chosen?.id).toBe('old');
      expect(selection.shown.map(({ id }) => id)).toEqual(['new', 'old']);
    });

    test('one that has just begun is chosen though it is not listed yet', async () => {
      const selection = new RunSelection(runs);
      await runs.start('mine', network, recipe);
      expect(selection.chosenId).toBe('x');
      expect(selection.chosen).toBeNull();
    });

    test('one that was deleted gives way to the newest', async () => {
      const selection = new RunSelection(runs);
      selection.choose('old');
      list = list.filter(({ id }) => id !== 'old');
      await runs.refresh();
      expect(selection.chosen?.id).toBe('new');
    });
  });
});
