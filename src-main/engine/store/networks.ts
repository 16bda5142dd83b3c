/** Saved networks. What is saved may be wrong yet: a network is a draft until it trains. */
import { ReceptiveError } from '../../shared/errors.ts';
import type { NetworkJson } from '../../shared/network/spec.ts';
import type { SavedNetwork } from '../../shared/project.ts';
import type { Database } from './database.ts';
import { nextId, record } from './journal.ts';

interface NetworkRow {
  id: number;
  name: string;
  json: string;
  updated_at: string;
}

const toSaved = ({ id, name, json, updated_at }: NetworkRow): SavedNetwork => ({
  id,
  name,
  json: JSON.parse(json) as NetworkJson,
  updatedAt: updated_at,
});

export function listNetworks(db: Database): SavedNetwork[] {
  const rows = db.sql.prepare('SELECT id, name, json, updated_at FROM networks ORDER BY id').all();
  return (rows as unknown as NetworkRow[]).map(toSaved);
}

function findNetwork(db: Database, id: number): NetworkRow {
  const row = db.sql.prepare('SELECT id, name, json, updated_at FROM networks WHERE id = ?').get(id);
  if (!row) throw new ReceptiveError('not-found', `There is no saved network ${id} any more.`);
  return row as unknown as NetworkRow;
}

const isTaken = (db: Database, name: string, exceptId: number | undefined): boolean =>
  db.sql.prepare('SELECT 1 FROM networks WHERE name = ? AND id IS NOT ?').get(name, exceptId ?? null) !== undefined;

/** "conv-bn-pool" -> "conv-bn-pool 2" when there is one of that name already. */
function freeName(db: Database, name: string): string {
  let free = name;
  for (let number = 2; isTaken(db, free, undefined); number++) free = `${name} ${number}`;
  return free;
}

/** Saves under `id`, or as a new network. A new one whose name is taken gets a number; a taken name refuses a rename. */
export function saveNetwork(db: Database, given: { id?: number; name: string; json: unknown }): SavedNetwork {
  const json = JSON.stringify(given.json) as string | undefined;
  if (json === undefined) throw new ReceptiveError('usage', `Network "${given.name}" came without its layers.`);
  const id = db.transaction(() => {
    const updated_at = new Date().toISOString();
    if (given.id === undefined) {
      const id = nextId(db, 'networks');
      const after = { name: freeName(db, given.name), json, updated_at };
      record(db, `New network "${after.name}"`, [{ kind: 'row', table: 'networks', id, before: null, after }]);
      return id;
    }
    const { id, ...before } = findNetwork(db, given.id);
    if (isTaken(db, given.name, id)) {
      throw new ReceptiveError('exists', `There is a network "${given.name}" already.`, 'Choose another name.');
    }
    if (before.name === given.name && before.json === json) return id;
    const after = { name: given.name, json, updated_at };
    record(db, `Change network "${before.name}"`, [{ kind: 'row', table: 'networks', id, before, after }]);
    return id;
  });
  return toSaved(findNetwork(db, id));
}

export function deleteNetwork(db: Database, given: number): void {
  db.transaction(() => {
    const { id, ...before } = findNetwork(db, given);
    record(db, `Delete network "${before.name}"`, [{ kind: 'row', table: 'networks', id, before, after: null }]);
  });
}
