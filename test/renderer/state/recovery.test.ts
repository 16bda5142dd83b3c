import { expect, test } from 'vitest';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import type { RefusedProject } from '../../../src-main/shared/labelling.ts';
import { ProjectState } from '../../../src-renderer/state/project.svelte.ts';
import { RecoveryState } from '../../../src-renderer/state/recovery.svelte.ts';
import { BridgeStandIn } from './bridge-stand-in.ts';

const refused: RefusedProject = { name: 'clothes', path: '/p', problem: 'changed', message: 'm', hint: 'h' };
const snapshots = [{ id: 's', takenAt: '2026-11-20T10:00:00.000Z', images: 3, labelled: 2 }];

/** A project whose opening fails with that code, and what the engine then says of it. */
function failing(code: 'unreadable' | 'exists', remembered: RefusedProject | null) {
  const refuse = () => {
    throw new ReceptiveError(code, 'not this one');
  };
  const bridge = new BridgeStandIn({
    'project.open': refuse,
    'project.fromFolder': refuse,
    'project.refused': () => remembered,
    'project.snapshots': () => snapshots,
  });
  const recovery = new RecoveryState(bridge.connection);
  return { bridge, recovery, project: new ProjectState(bridge.connection, recovery) };
}

test('a project refused because of its database is not an error but something to recover from', async () => {
  const { bridge, recovery, project } = failing('unreadable', refused);
  await project.open('/p');
  expect([recovery.refused, recovery.snapshots]).toEqual([refused, snapshots]);
  expect(bridge.asked.at(-1)).toEqual({ name: 'project.snapshots', params: { path: '/p' } });
  expect(project.busy).toBe(false);
  recovery.dismiss();
  expect(recovery.refused).toBeNull();
  await project.fromFolder('/images');
  expect(recovery.refused).toEqual(refused);
});

test.each([
  ['unreadable', null],
  ['exists', refused],
] as const)('a project refused for another reason (%s) is an error', async (code, remembered) => {
  const { recovery, project } = failing(code, remembered);
  await expect(project.open('/p')).rejects.toMatchObject({ code });
  expect(recovery.refused).toBeNull();
});
