/**
 * A process that opens a project and makes changes of every kind, printing each one's number once it is acknowledged, and
 * taking a snapshot now and then. It is made to be killed.
 */
import { writeSync } from 'node:fs';
import { Project } from '../../../src-main/engine/store/project.ts';
import { takeSnapshot } from '../../../src-main/engine/store/snapshots.ts';
import { operations } from './operations.ts';
import { beginning } from './support.ts';

const [folder, seed, count] = process.argv.slice(2);
const { db } = Project.open(folder!);
writeSync(1, 'open\n');
const changes = operations(db, Number(seed));
for (let number = 1; number <= Number(count); number++) {
  writeSync(1, beginning);
  const { value } = changes.next();
  writeSync(1, `${value}\n`);
  // Changes go on while a snapshot is written.
  if (number % 8 === 0) void takeSnapshot(db);
  if (number % 3 === 0) await new Promise((done) => setImmediate(done));
}
