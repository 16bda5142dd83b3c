/** The colours and keys that new classes get. */
import { classColors, classKeys } from '../../shared/labelling.ts';
import type { Database } from './database.ts';

function taken(db: Database, column: 'color' | 'key'): unknown[] {
  const rows = db.sql.prepare(`SELECT ${column} AS value FROM classes`).all();
  return rows.map((row) => row['value']);
}

/** The first colour no class has, or, when all are taken, the next in turn. */
export function nextColor(db: Database): string {
  const used = taken(db, 'color');
  return classColors.find((color) => !used.includes(color)) ?? classColors[used.length % classColors.length]!;
}

/** The first key no class has; null when all are taken. */
export function nextKey(db: Database): string | null {
  const used = taken(db, 'key');
  return classKeys.find((key) => !used.includes(key)) ?? null;
}
