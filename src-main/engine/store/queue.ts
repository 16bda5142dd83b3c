/** Runs that wait to be trained: the project's own, so that they outlast a restart. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { NetworkJson } from '../../shared/network/spec.ts';
import type { WaitingRun } from '../../shared/project.ts';
import { recipeSchema } from '../../shared/run.ts';
import type { Recipe } from '../../shared/run.ts';
import type { Database } from './database.ts';

interface QueueRow {
  id: number;
  name: string;
  network: string;
  recipe: string;
  problem: string | null;
}

const toWaiting = ({ id, name, network, recipe, problem }: QueueRow): WaitingRun => ({
  id,
  name,
  network: JSON.parse(network) as NetworkJson,
  recipe: recipeSchema.parse(JSON.parse(recipe)),
  problem,
});

/** In the order in which they begin. */
export function listWaiting(db: Database): WaitingRun[] {
  const rows = db.sql.prepare('SELECT id, name, network, recipe, problem FROM queue ORDER BY id').all();
  return (rows as unknown as QueueRow[]).map(toWaiting);
}

/** Puts a run behind all that wait. */
export function putInQueue(db: Database, run: { name: string; network: NetworkJson; recipe: Recipe }): void {
  const insert = 'INSERT INTO queue (name, network, recipe) VALUES (?, ?, ?)';
  db.transaction(() => {
    db.sql.prepare(insert).run(run.name, JSON.stringify(run.network), JSON.stringify(run.recipe));
  });
}

/** Throws 'not-found' for one that has begun or was taken out already. */
export function takeFromQueue(db: Database, id: number): void {
  const { changes } = db.transaction(() => db.sql.prepare('DELETE FROM queue WHERE id = ?').run(id));
  if (changes !== 1) throw new ReceptiveError('not-found', 'This run does not wait any more.', 'It may have begun.');
}

/** What kept a waiting run from beginning; it is passed over until it is tried again. */
export function noteProblem(db: Database, id: number, problem: string): void {
  db.transaction(() => db.sql.prepare('UPDATE queue SET problem = ? WHERE id = ?').run(problem, id));
}

export function forgetProblems(db: Database): void {
  db.transaction(() => db.sql.prepare('UPDATE queue SET problem = NULL').run());
}
