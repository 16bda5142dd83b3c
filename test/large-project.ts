/** Projects of very many small images, written in seconds: real files, and rows as an import would have left them. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { createClass } from '../src-main/engine/store/classes.ts';
import { Project } from '../src-main/engine/store/project.ts';
import { findingKinds, imageStatuses, labelOrigins } from '../src-main/shared/image-query.ts';
import { createRandom } from '../src-main/shared/random.ts';

const edge = 28;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

const header = Buffer.alloc(13);
header.writeUInt32BE(edge, 0);
header.writeUInt32BE(edge, 4);
// 8 bits a channel, colour without transparency.
header.set([8, 2, 0, 0, 0], 8);
const start = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header)]);
const end = chunk('IEND', Buffer.alloc(0));

/** A PNG of 28 x 28 pixels in which `number` stands as a pattern: no two are equal. */
export function numberedPng(number: number): Buffer {
  const rows = Buffer.alloc(edge * (1 + edge * 3));
  for (let y = 0; y < edge; y++) {
    for (let x = 0; x < edge; x++) {
      const at = y * (1 + edge * 3) + 1 + x * 3;
      const bit = (number >> ((Math.floor(x / 7) + Math.floor(y / 7) * 4) % 20)) & 1;
      rows[at] = bit ? 255 - (number % 97) : number % 61;
      rows[at + 1] = (number * 7 + x * 4) % 256;
      rows[at + 2] = (number * 13 + y * 4) % 256;
    }
  }
  return Buffer.concat([start, chunk('IDAT', deflateSync(rows, { level: 1 })), end]);
}

export interface LargeProject {
  /** The project's folder. */
  path: string;
  /** The folder of the images. */
  images: string;
}

const number = (index: number): string => String(index).padStart(6, '0');

/**
 * `count` images below `folder` and a project of them in the user's data folder (XDG_DATA_HOME), with ten classes. Half of
 * the images are labelled, most have a prediction, some a finding, a side, a warning or an exclusion: seeded.
 * `files`: whether the image files are written; without them there are only rows.
 */
export function makeLargeProject(folder: string, count: number, files = true): LargeProject {
  const images = join(folder, 'many images');
  const project = Project.create(`Many ${count}`);
  const { db } = project;
  const classIds = Array.from({ length: 10 }, (_, index) => createClass(db, `class ${index}`).id);
  const random = createRandom(7);
  db.transaction(() => {
    db.sql.exec('DELETE FROM journal');
    const insertSource = db.sql.prepare('INSERT INTO sources (path, imported_at) VALUES (?, ?)');
    const source = insertSource.run(images, new Date().toISOString()).lastInsertRowid;
    const insert = db.sql.prepare(
      `INSERT INTO images (source_id, path, bytes, modified_ms, status, reason, split, class_id, origin, width, height, format,
                           excluded, pinned)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const predict = db.sql.prepare(
      'INSERT INTO predictions (image_id, class_id, confidence, margin) VALUES (?, ?, ?, ?)',
    );
    const find = db.sql.prepare('INSERT INTO findings (kind, image_id, value) VALUES (?, ?, ?)');
    for (let index = 0; index < count; index++) {
      const folderName = `part ${number(Math.floor(index / 500))}`;
      const path = `${folderName}/image ${number(index)}.png`;
      let bytes = 1500 + random.int(500);
      let modifiedMs = 1_700_000_000_000 + random.int(1e9);
      if (files) {
        if (index % 500 === 0) mkdirSync(join(images, folderName), { recursive: true });
        writeFileSync(join(images, path), numberedPng(index));
        ({ size: bytes, mtimeMs: modifiedMs } = statSync(join(images, path)));
      }
      const classId = random.int(2) === 0 ? classIds[random.int(10)]! : null;
      const hasWarning = random.int(50) === 0;
      const { lastInsertRowid: id } = insert.run(
        source,
        path,
        bytes,
        modifiedMs,
        imageStatuses.indexOf(hasWarning ? 'warning' : 'ok'),
        hasWarning ? 'odd but readable' : null,
        random.int(4),
        classId,
        labelOrigins.indexOf(classId === null ? 'none' : 'imported'),
        edge,
        edge,
        'png',
        Number(random.int(40) === 0),
        Number(random.int(100) === 0),
      );
      if (random.int(5) > 0) predict.run(id, classIds[random.int(10)]!, random.next(), random.next());
      if (random.int(10) === 0) find.run(findingKinds.indexOf('nearDuplicate'), id, Math.floor(index / 30));
      if (random.int(30) === 0) find.run(findingKinds.indexOf('tooDark'), id, random.next());
    }
    db.sql.exec(`INSERT INTO prediction_source VALUES (1, 'A run', '2026-01-01T00:00:00.000Z')`);
  });
  const { path } = project;
  project.close();
  return { path, images };
}
