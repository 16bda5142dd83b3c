/**
 * A process that opens a project and labels its images one after another, printing each image's id once its label has
 * been acknowledged. Given `hold` it only opens the project and waits. It is made to be killed.
 */
import { writeSync } from 'node:fs';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { beginning } from './support.ts';

const [folder, classId, hold] = process.argv.slice(2);
const { db } = Project.open(folder!);
writeSync(1, 'open\n');
if (!hold) {
  for (const id of listImages(db, { classId: null }).ids) {
    writeSync(1, beginning);
    setLabels(db, [id], Number(classId));
    writeSync(1, `${id}\n`);
  }
}
// It keeps the project until it is killed; what nothing refers to any more would be closed.
setInterval(() => db.folder, 1000);
