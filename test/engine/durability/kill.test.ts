/** kill -9 at random moments of every kind of work: what was acknowledged is there, and nothing is there by half. */
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createClass } from '../../../src-main/engine/store/classes.ts';
import { step } from '../../../src-main/engine/store/journal.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { listSnapshots, verifySnapshot } from '../../../src-main/engine/store/snapshots.ts';
import { OpenProject } from '../../../src-main/engine/store/open-project.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { labelsOf, projectWithImages, useTemporaryHome } from '../store/support.ts';
import { leftOut, operations } from './operations.ts';
import { contentOf, copyFolder, digestOf, startWorker, times } from './support.ts';

const home = useTemporaryHome();

test('kill -9 while labelling: no acknowledged label is lost', { timeout: 900_000 }, async () => {
  const random = createRandom(20260131);
  const rounds = times(200, 4);
  let [acknowledged, within] = [0, 0];
  const template = projectWithImages(400);
  const cat = createClass(template.db, 'cat').id;
  template.close();
  for (let round = 0; round < rounds; round++) {
    const path = copyFolder(template.path, join(home.path, 'round'));
    const labeller = startWorker('labeller.ts', path, String(cat));
    await labeller.begun;
    await labeller.reached(random.int(60), random.next() * 10);
    await labeller.kill();
    const project = Project.open(path);
    const labels = labelsOf(project);
    const lost = labeller.lines().filter((id) => labels[Number(id) - 1] !== cat);
    expect(lost).toEqual([]);
    acknowledged += labeller.lines().length;
    if (labeller.isWithinChange()) within++;
    // Each label is a transaction with its journal entry: as many can be undone as are there.
    const labelled = labels.filter((label) => label === cat).length;
    for (let undone = 0; undone < labelled; undone++) step(project.db, 'undo');
    expect(labelsOf(project).every((label) => label === 0)).toBe(true);
    expect(project.summary().undo).toBe('New class "cat"');
    project.close();
    rmSync(path, { recursive: true });
  }
  console.log(
    `kill -9 while labelling: ${rounds} rounds, ${within} within a write, ${acknowledged} labels acknowledged, 0 lost.`,
  );
  // Otherwise the kills came before any work and the test would say nothing.
  expect(acknowledged).toBeGreaterThan(rounds * 5);
  if (rounds > 100) expect(within).toBeGreaterThan(rounds / 4);
});

/** What the project holds after each change, in a process that nobody kills; the first is before any. */
function statesOf(path: string, seed: number, count: number): string[] {
  const project = Project.open(path);
  const states = [digestOf(contentOf(project.db, leftOut))];
  const changes = operations(project.db, seed);
  for (let number = 0; number < count; number++) {
    changes.next();
    states.push(digestOf(contentOf(project.db, leftOut)));
  }
  project.close();
  return states;
}

test(
  'kill -9 while merging, splitting, undoing, importing and copying: all of a change or none',
  { timeout: 1_800_000 },
  async () => {
    const random = createRandom(7);
    const rounds = times(200, 4);
    const count = times(400, 120);
    const seeds = [11, 12, 13].slice(0, times(3, 1));
    const template = projectWithImages(150);
    for (const name of ['cat', 'dog', 'bird', 'fish']) createClass(template.db, name);
    template.close();
    const states = new Map(
      seeds.map((seed) => [
        seed,
        statesOf(copyFolder(template.path, join(home.path, `reference-${seed}`)), seed, count),
      ]),
    );
    const seen = new Set<string>();
    let [acknowledged, within, snapshots] = [0, 0, 0];
    for (let round = 0; round < rounds; round++) {
      const seed = seeds[round % seeds.length]!;
      const expected = states.get(seed)!;
      const path = copyFolder(template.path, join(home.path, 'round'));
      const operator = startWorker('operator.ts', path, String(seed), String(count));
      await operator.begun;
      await operator.reached(random.int(count / 2), random.next() * 20);
      await operator.kill();
      const done = operator.lines().length;
      if (operator.isWithinChange()) within++;
      for (const kind of operator.lines()) seen.add(kind);
      const open = new OpenProject();
      const found = digestOf(contentOf((await open.open(path)).db, leftOut));
      // The one that was being made when the process was killed may be there, whole.
      expect([expected[done], expected[done + 1]]).toContain(found);
      for (const { id } of listSnapshots(path)) expect(verifySnapshot(path, id)).not.toBeNull();
      const [newest] = listSnapshots(path);
      if (newest) {
        await open.restore(path, newest.id);
        expect(expected.slice(0, done + 2)).toContain(digestOf(contentOf(open.db, leftOut)));
        snapshots++;
      }
      await open.close();
      acknowledged += done;
      rmSync(path, { recursive: true });
    }
    console.log(
      `kill -9 while changing: ${rounds} rounds, ${within} within a write, ${acknowledged} changes acknowledged, ` +
        `0 lost, ${snapshots} restored.`,
    );
    expect(seen.size).toBe(13);
    expect(snapshots).toBeGreaterThan(0);
  },
);
