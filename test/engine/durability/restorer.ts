/** A process that puts a snapshot in the place of a project's database. It is made to be killed. */
import { writeSync } from 'node:fs';
import { acquireLock } from '../../../src-main/engine/store/database.ts';
import { restoreSnapshot } from '../../../src-main/engine/store/restore.ts';

const [folder, snapshot] = process.argv.slice(2);
const lock = acquireLock(folder!);
writeSync(1, 'ready\n');
restoreSnapshot(folder!, snapshot!);
lock.close();
