import { beforeEach, describe, expect, test } from 'vitest';
import type { ImageColumns, ProjectSummary } from '../../../src-main/shared/project.ts';
import type { Events } from '../../../src-main/shared/events.ts';
import { ClassesState } from '../../../src-renderer/state/classes.svelte.ts';
import { ImagesState } from '../../../src-renderer/state/images.svelte.ts';
import { ProjectState } from '../../../src-renderer/state/project.svelte.ts';
import { Runs } from '../../../src-renderer/state/run.svelte.ts';
import { Suggestions } from '../../../src-renderer/state/suggestions.svelte.ts';
import { BridgeStandIn, settle } from './bridge-stand-in.ts';
import { summary } from './project-summary.ts';

/** Five images: 1 is a labelled cat, 2 and 3 are suggested cat and dog, 4 is excluded, 5 has no suggestion. */
function columns(): ImageColumns {
  return {
    ids: Uint32Array.of(1, 2, 3, 4, 5),
    classIds: Uint32Array.of(1, 0, 0, 0, 0),
    statuses: new Uint8Array(5),
    splits: new Uint8Array(5),
    origins: Uint8Array.of(2, 0, 0, 0, 0),
    flags: Uint8Array.of(0, 0, 0, 1, 0),
    predictedIds: Uint32Array.of(2, 1, 2, 2, 0),
    confidences: Float32Array.of(0.5, 0.75, 0.5, 0.9, 0),
  };
}

function makeWorld() {
  let release: (reply: ProjectSummary) => void = () => undefined;
  const bridge = new BridgeStandIn({
    'project.current': () => summary,
    'runs.list': () => [],
    'runs.damaged': () => [],
    'images.list': () => columns(),
    'images.facts': () => {
      throw new Error('not asked for here');
    },
    'classes.list': () => [
      { id: 1, name: 'cat', color: '#0072b2', key: '1', count: 1 },
      { id: 2, name: 'dog', color: '#d55e00', key: '2', count: 0 },
    ],
    'suggestions.state': () => ({ source: 'x', madeAt: null, suggested: 2, withFeatures: 5, usable: 5 }),
    'suggestions.start': () => 'job-1',
    'features.start': () => 'job-2',
    'suggestions.accept': () => new Promise<ProjectSummary>((resolve) => (release = resolve)),
    'suggestions.acceptAbove': () => ({ project: { ...summary, undo: 'Accept' }, accepted: 2 }),
    'job.cancel': () => undefined,
  });
  const project = new ProjectState(bridge.connection);
  project.adopt(summary);
  const classes = new ClassesState(bridge.connection, project);
  const images = new ImagesState(bridge.connection, project, classes);
  const suggestions = new Suggestions(bridge.connection, project, new Runs(bridge.connection));
  const ended: Events['job.ended'][] = [];
  suggestions.follow(
    (end) => ended.push(end),
    (error) => {
      throw error;
    },
  );
  return { bridge, project, classes, images, suggestions, ended, release: () => release(summary) };
}

let world: ReturnType<typeof makeWorld>;
beforeEach(async () => {
  world = makeWorld();
  await Promise.all([world.images.reload(), world.classes.reload(), world.suggestions.refresh()]);
});

const paramsOf = (name: string): unknown[] =>
  world.bridge.asked.filter((entry) => entry.name === name).map(({ params }) => params);
const progress = (change: Partial<Events['job.progress']> = {}): Events['job.progress'] => ({
  jobId: 'job-1',
  kind: 'suggest',
  done: 3,
  total: 9,
  etaSeconds: 2,
  ...change,
});
const end = (change: Partial<Events['job.ended']> = {}): Events['job.ended'] => ({
  jobId: 'job-1',
  kind: 'suggest',
  end: 'completed',
  summary: '',
  error: null,
  ...change,
});

describe('what is suggested', () => {
  test('is shown on images without a label that take part, and on no other', () => {
    const { images } = world;
    const shown = [0, 1, 2, 3, 4].map((index) => images.rows.suggestionAt(index)?.info.name ?? null);
    expect(shown).toEqual([null, 'cat', 'dog', null, null]);
    expect(images.rows.suggestionAt(1)?.confidence).toBe(0.75);
  });

  test('becomes the label at once when it is accepted, each image its own, and the next image is selected', async () => {
    const { images, release } = world;
    images.pick(0, 'only');
    expect(images.hasSuggestions).toBe(false);
    images.pick(3, 'extend');
    expect(images.hasSuggestions).toBe(true);
    const accepted = images.acceptSuggestions();
    await settle();
    expect([0, 1, 2, 3, 4].map((index) => images.rows.classAt(index)?.name ?? null)).toEqual([
      'cat',
      'cat',
      'dog',
      null,
      null,
    ]);
    expect([0, 1, 2, 3].map((index) => images.rows.originAt(index))).toEqual([
      'person',
      'suggestion',
      'suggestion',
      'none',
    ]);
    expect(images.saving).toBe(true);
    expect(images.focusId).toBe(5);
    release();
    await accepted;
    expect(images.saving).toBe(false);
    expect(images.rows.classAt(2)?.name).toBe('dog');
    expect(paramsOf('suggestions.accept')).toEqual([{ ids: [1, 2, 3, 4] }]);
  });
});

describe('the work', () => {
  test('is followed from its start to its end, and can be stopped', async () => {
    const { suggestions, bridge, ended } = world;
    await suggestions.start('unlabelled');
    expect(paramsOf('suggestions.start')).toEqual([{ runId: null, scope: 'unlabelled' }]);
    expect(suggestions.working('suggest')).toMatchObject({ total: 0 });
    bridge.tell('job.progress', progress());
    expect(suggestions.working('suggest')).toMatchObject({ done: 3, total: 9, etaSeconds: 2 });
    expect(suggestions.working('features')).toBeNull();
    await suggestions.cancel('suggest');
    expect(paramsOf('job.cancel')).toEqual([{ jobId: 'job-1' }]);
    const asked = paramsOf('suggestions.state').length;
    bridge.tell('job.ended', end({ end: 'stopped' }));
    await settle();
    expect(suggestions.working('suggest')).toBeNull();
    expect(ended).toHaveLength(1);
    expect(paramsOf('suggestions.state').length).toBe(asked + 1);
  });

  test('that ended before its name arrived is not shown as going on; other work is not listened to', async () => {
    const { suggestions, bridge, ended } = world;
    bridge.tell('job.ended', end({ jobId: 'job-2', kind: 'features' }));
    await suggestions.compare();
    expect(suggestions.working('features')).toBeNull();
    bridge.tell('job.progress', progress({ jobId: 'job-7', kind: 'import' }));
    bridge.tell('job.ended', end({ jobId: 'job-7', kind: 'import' }));
    expect(suggestions.working('suggest')).toBeNull();
    expect(ended).toHaveLength(1);
  });

  test('is over when the engine is lost', async () => {
    const { suggestions, bridge } = world;
    await suggestions.start('all');
    bridge.tell('engine.state', { state: 'lost', reason: 'killed' });
    expect(suggestions.working('suggest')).toBeNull();
  });
});

test('accepting many asks for what it counted, and takes over what can be undone', async () => {
  const { suggestions, project } = world;
  expect(await suggestions.countAbove(0.9, 2)).toBe(5);
  expect(paramsOf('images.list').at(-1)).toEqual({
    classId: null,
    excluded: false,
    confidence: { from: 0.9 },
    predictedId: 2,
  });
  expect(await suggestions.acceptAbove(0.9, 2)).toBe(2);
  expect(paramsOf('suggestions.acceptAbove')).toEqual([{ confidence: 0.9, classId: 2 }]);
  expect(project.current?.undo).toBe('Accept');
});
