import { beforeEach, expect, test, vi } from 'vitest';
import type { QualityReport } from '../../../src-main/shared/labelling.ts';
import type { ImageColumns } from '../../../src-main/shared/project.ts';
import type { Events } from '../../../src-main/shared/events.ts';
import { ProjectState } from '../../../src-renderer/state/project.svelte.ts';
import { QualityState } from '../../../src-renderer/state/quality.svelte.ts';
import { BridgeStandIn, settle } from './bridge-stand-in.ts';
import { summary } from './project-summary.ts';

const report = (notScanned: number): QualityReport => ({
  scannedAt: '2026-11-23T08:00:00Z',
  notScanned,
  findings: [{ kind: 'tooDark', images: 2, excluded: 0, groups: null }],
});
const progress = (jobId: string, done: number): Events['job.progress'] => ({
  ...{ jobId, kind: 'quality', done, total: 5, etaSeconds: 1 },
});
const end = (jobId: string): Events['job.ended'] => ({
  ...{ jobId, kind: 'quality', end: 'completed', summary: '', error: null },
});

function makeWorld(duplicates: QualityReport['findings'] = []) {
  const bridge = new BridgeStandIn({
    'quality.report': () => ({ ...report(3), findings: [...report(3).findings, ...duplicates] }),
    'quality.start': () => 'job-1',
    'quality.exclude': () => ({ project: { ...summary, undo: 'Exclude' }, excluded: 2 }),
    'images.list': ({ finding }) =>
      ({ ids: Uint32Array.of(...(finding === 'labelConflict' ? [4, 5] : [])) }) as ImageColumns,
    'labels.set': () => ({ ...summary, undo: 'Remove label from 2 images' }),
    'job.cancel': () => undefined,
  });
  const project = new ProjectState(bridge.connection);
  project.adopt(summary);
  const quality = new QualityState(bridge.connection, project);
  const ended: Events['job.ended'][] = [];
  bridge.connection.start();
  quality.follow(
    (how) => ended.push(how),
    (error) => {
      throw error;
    },
  );
  return { bridge, project, quality, ended };
}

let world: ReturnType<typeof makeWorld>;
beforeEach(() => {
  world = makeWorld();
});

test('a scan shows how far it has come, can be cancelled, and ends with a new report', async () => {
  const { bridge, quality, ended } = world;
  await quality.start();
  expect(quality.progress).toMatchObject({ jobId: 'job-1', total: 0 });
  bridge.tell('job.progress', progress('job-1', 2));
  expect(quality.progress).toMatchObject({ done: 2, total: 5 });
  await quality.cancel();
  expect(bridge.asked.at(-1)).toEqual({ name: 'job.cancel', params: { jobId: 'job-1' } });
  expect(quality.report).toBeNull();
  bridge.tell('job.ended', end('job-1'));
  await settle();
  expect(quality.progress).toBeNull();
  expect(ended).toHaveLength(1);
  expect(quality.report).toEqual(report(3));
});

test('a scan that ends before its name is known, or tells something late, does not stay on the screen', async () => {
  const { bridge, quality } = world;
  const started = quality.start();
  bridge.tell('job.ended', end('job-1'));
  await started;
  expect(quality.progress).toBeNull();
  bridge.tell('job.progress', progress('job-1', 4));
  expect(quality.progress).toBeNull();
});

test('other work is not taken for it, and a lost engine ends it', async () => {
  const { bridge, quality } = world;
  bridge.tell('job.progress', { ...progress('job-2', 1), kind: 'import' });
  expect(quality.progress).toBeNull();
  await quality.start();
  bridge.tell('engine.state', { state: 'lost', reason: 'gone' });
  expect(quality.progress).toBeNull();
});

test('images that changed are counted anew; excluding changes what can be undone', async () => {
  const { bridge, project, quality } = world;
  bridge.tell('project.changed', { what: ['classes'] });
  await settle();
  expect(bridge.timesAsked('quality.report')).toBe(0);
  bridge.tell('project.changed', { what: ['images'] });
  await settle();
  expect(quality.report?.notScanned).toBe(3);
  expect(await quality.exclude('tooDark')).toBe(2);
  expect(project.current?.undo).toBe('Exclude');
  expect(bridge.timesAsked('quality.report')).toBe(2);
});

test('the labels of a finding are taken off in one change', async () => {
  const { bridge, project, quality } = world;
  expect(await quality.unlabel('labelConflict')).toBe(2);
  expect(bridge.asked.filter(({ name }) => name === 'labels.set')).toEqual([
    { name: 'labels.set', params: { ids: [4, 5], classId: null } },
  ]);
  expect(project.current?.undo).toBe('Remove label from 2 images');
  expect(bridge.timesAsked('quality.report')).toBe(1);
});

test('where there are copies, new labels are looked at once they pause; elsewhere they change nothing here', async () => {
  const relabelled = { ids: Uint32Array.of(1), classId: 2, origin: 2 };
  vi.useFakeTimers();
  try {
    const plain = makeWorld();
    const copies = makeWorld([{ kind: 'exactDuplicate', images: 2, excluded: 0, groups: 1 }]);
    for (const { bridge, quality } of [plain, copies]) {
      await quality.refresh();
      for (let label = 0; label < 5; label++) {
        bridge.tell('images.relabelled', relabelled);
        await vi.advanceTimersByTimeAsync(100);
      }
      await vi.advanceTimersByTimeAsync(2000);
    }
    expect(plain.bridge.timesAsked('quality.report')).toBe(1);
    expect(copies.bridge.timesAsked('quality.report')).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});
