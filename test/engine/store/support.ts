/** Temporary homes for projects, and projects with images that exist as rows only. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { ImageStatus } from '../../../src-main/shared/image-query.ts';
import { addImages, addSources } from '../../../src-main/engine/store/import.ts';
import type { FoundImage } from '../../../src-main/engine/store/import.ts';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { Project } from '../../../src-main/engine/store/project.ts';

/** Gives each test of a file its own empty data folder; `home.path` is a folder for whatever else it needs. */
export function useTemporaryHome(): { readonly path: string } {
  const home = { path: '' };
  const before = process.env['XDG_DATA_HOME'];
  beforeEach(() => {
    home.path = mkdtempSync(join(tmpdir(), 'receptive-store-'));
    process.env['XDG_DATA_HOME'] = join(home.path, 'data');
    mkdirSync(join(home.path, 'data'));
  });
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_DATA_HOME'];
    else process.env['XDG_DATA_HOME'] = before;
    rmSync(home.path, { recursive: true, force: true });
  });
  return home;
}

export const imageRow = (path: string, className?: string, status: ImageStatus = 'ok'): FoundImage => ({
  path,
  status,
  width: 8,
  height: 6,
  format: 'png',
  bytes: 100,
  modifiedAt: 1_700_000_000_000.5,
  ...(className === undefined ? {} : { class: className }),
  ...(status === 'ok' ? {} : { reason: 'cut off' }),
});

/** A project with `count` unlabelled images under /pictures. */
export function projectWithImages(count: number): Project {
  const project = Project.create('test');
  addSources(project.db, ['/pictures']);
  addImages(
    project.db,
    Array.from({ length: count }, (_, index) => imageRow(`/pictures/${String(index).padStart(6, '0')}.png`)),
  );
  return project;
}

/** Each image's class id (0: none), by id in ascending order. */
export const labelsOf = (project: Project): number[] => [...listImages(project.db, {}).classIds];
