/** What the scan of a project writes down besides findings. */
import { hash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { scanProject } from '../../../src-main/engine/quality/scan-project.ts';
import { addImages, addSources } from '../../../src-main/engine/store/import.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { imageRow, useTemporaryHome } from '../store/support.ts';
import { demoPictures } from './pictures.ts';

const home = useTemporaryHome();
const decoder = new DecoderClient({ processes: 1 });
afterAll(() => decoder.close());

test('keeps the content of files that are as the project knows them, and of no others', async () => {
  const folder = join(home.path, 'pictures');
  mkdirSync(folder);
  const files = ['same', 'grown', 'later'].map((name) => join(folder, `${name}.png`));
  const pictures = demoPictures('emoji');
  files.forEach((path, index) => copyFileSync(pictures[index]!, path));
  const project = Project.create('test');
  addSources(project.db, [folder]);
  const known = files.map((path) => ({ size: statSync(path).size, time: statSync(path).mtimeMs }));
  known[1]!.size -= 1;
  known[2]!.time -= 1000;
  addImages(
    project.db,
    files.map((path, index) => ({ ...imageRow(path), bytes: known[index]!.size, modifiedAt: known[index]!.time })),
  );
  const options = { decoder, signal: new AbortController().signal, onProgress: () => undefined };
  // The second time the measures come out of the cache.
  for (const _time of ['first', 'second']) {
    expect(await scanProject(project, options)).toMatchObject({ scanned: 3, unread: 0 });
    const rows = project.db.sql.prepare('SELECT content FROM images ORDER BY id').all();
    const contents = rows.map(({ content }) => content && Buffer.from(content as Uint8Array).toString('hex'));
    expect(contents).toEqual([hash('sha256', readFileSync(files[0]!)), null, null]);
  }
  project.close();
});
