/** Projects with real files and a real decoder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach } from 'vitest';
import { bringIn } from '../../../src-main/engine/bring-in/bring-in.ts';
import type { BroughtIn } from '../../../src-main/engine/bring-in/bring-in.ts';
import { survey } from '../../../src-main/engine/bring-in/survey.ts';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { listClasses } from '../../../src-main/engine/store/classes.ts';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { imageFacts } from '../../../src-main/engine/store/images.ts';
import { Project } from '../../../src-main/engine/store/project.ts';
import { beginImport, unfinishedImports } from '../../../src-main/engine/store/unfinished-imports.ts';
import type { SeveralLabels } from '../../../src-main/shared/labelling.ts';

/** The bytes of a small PNG; another seed gives others, of another length or not. */
export const picture = (seed: number): Promise<Buffer> =>
  sharp(
    Uint8Array.from({ length: 12 }, (_, i) => (seed * (i + 7) * 31) % 256),
    {
      raw: { width: 2, height: 2, channels: 3 },
    },
  )
    .png({ compressionLevel: 0 })
    .toBuffer();

/** Writes a small PNG. */
export async function writePicture(path: string, seed: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await picture(seed));
}

export interface World {
  project: Project;
  import(paths: string[], severalLabels?: SeveralLabels): Promise<BroughtIn>;
  /** Goes on with the import that was cut off. */
  resume(): Promise<BroughtIn>;
  /** Looks at the files as the opening of a project does. */
  look(): ReturnType<typeof survey>;
  /** "path relative to the home: class (side), marks" for each image, by id. */
  images(): string[];
}

/** Makes projects that are closed after each test, and shares one decoder. */
export function useWorlds(home: { readonly path: string }): () => World {
  const decoder = new DecoderClient({ processes: 2 });
  const open: Project[] = [];
  afterEach(() => {
    for (const project of open.splice(0)) project.close();
  });
  afterAll(() => decoder.close());
  return () => {
    const project = Project.create('test');
    open.push(project);
    const { db } = project;
    const { signal } = new AbortController();
    const nothing = (): void => undefined;
    const helpers = { db, decoder, signal, onProgress: nothing, onChange: nothing };
    return {
      project,
      import: (paths, severalLabels) => bringIn(beginImport(db, paths, severalLabels), helpers),
      resume: () => bringIn(unfinishedImports(db)[0]!, helpers),
      look: () => survey(db, () => decoder, signal),
      images: () => {
        const names = new Map(listClasses(db).map(({ id, name }) => [id, name]));
        return [...listImages(db, {}).ids].map((id) => {
          const { path, classId, split, status, missing } = imageFacts(db, id);
          const marks = [status === 'ok' ? '' : status, missing ? 'missing' : ''].filter(Boolean);
          const label = `${names.get(classId ?? 0) ?? '-'}${split === 'none' ? '' : ` (${split})`}`;
          return `${path.slice(join(home.path, 'x').length - 1)}: ${[label, ...marks].join(', ')}`;
        });
      },
    };
  };
}
