/** `receptive labels import`: the labels of a file, and the images it names, into a project. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { bringIn } from '../engine/bring-in/bring-in.ts';
import type { BroughtIn } from '../engine/bring-in/bring-in.ts';
import { examine } from '../engine/bring-in/collect.ts';
import { isLabelFile } from '../engine/bring-in/label-files/parse.ts';
import { listClasses } from '../engine/store/classes.ts';
import { canonical, nameOf } from '../engine/store/places.ts';
import { Project } from '../engine/store/project.ts';
import { beginImport, endImport } from '../engine/store/unfinished-imports.ts';
import { ReceptiveError } from '../shared/errors.ts';
import { withDecoder } from './decoder.ts';
import { openProject } from './open-project.ts';
import type { LabelsImportOptions } from './options.ts';
import type { Output } from './output.ts';
import { table } from './readable.ts';

export async function run(options: LabelsImportOptions, output: Output): Promise<Record<string, unknown>> {
  const { file, severalLabels } = options;
  if (!isLabelFile(file)) {
    throw new ReceptiveError(
      'unreadable',
      `"${file}" is no file of labels.`,
      'Give a .csv, .tsv, .jsonl or .json file.',
    );
  }
  if (!existsSync(file)) throw new ReceptiveError('not-found', `There is no file "${file}".`, 'Check the path.');
  // A file that is wrong is told before a project is made for it.
  await examine([file]);
  const { project, isNew } = openOrCreate(options.project);
  const aborter = new AbortController();
  output.onInterrupt(() => aborter.abort());
  try {
    const task = beginImport(project.db, isNew ? [options.project, file] : [file], severalLabels);
    const result = await withDecoder((decoder) =>
      bringIn(task, {
        db: project.db,
        decoder,
        signal: aborter.signal,
        onProgress: (done, total) => output.progress('Reading images', done, total),
        onChange: () => undefined,
      }),
    ).catch((error: unknown) => {
      endImport(project.db, task.id, []);
      throw error;
    });
    const classes = listClasses(project.db).map(({ name }) => name);
    const fields = done(result, classes);
    tell(fields, severalLabels, output);
    return fields;
  } finally {
    leave(project, isNew);
  }
}

/** A new project that nothing came into goes again, also where a full disk kept it from being closed in order. */
function leave(project: Project, isNew: boolean): void {
  const isUseless = isNew && project.summary().imageCount === 0;
  try {
    project.close();
  } finally {
    if (isUseless) rmSync(project.path, { recursive: true, force: true });
  }
}

function done({ added, labelled, relabelled, known, notFound, severalLabels }: BroughtIn, classes: string[]) {
  return {
    added,
    labelled: labelled + relabelled,
    unchanged: known - relabelled,
    notFound: notFound.map(({ path, place, problem }) => ({ path, place, reason: problem })),
    severalLabels,
    classes,
  };
}

function tell(
  { added, labelled, unchanged, notFound, severalLabels, classes }: ReturnType<typeof done>,
  choice: LabelsImportOptions['severalLabels'],
  output: Output,
): void {
  if (notFound.length > 0) output.text(`Not found:\n${table(notFound)}\n`);
  const inProject = `${counted(added, 'image')} added, ${labelled.toLocaleString('en')} labelled`;
  output.text(unchanged === 0 ? inProject : `${inProject}, ${unchanged.toLocaleString('en')} as they were`);
  if (severalLabels > 0) {
    const kept = choice === 'first' ? 'the first one is kept' : 'none is kept';
    output.text(`Several labels on ${counted(severalLabels, 'image')}: ${kept}`);
  }
  output.text(`Classes of the project: ${classes.join(', ')}`);
}

/** "1 image", "1,200 images" */
function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

/** A folder of images that no project was made of becomes a new one. */
function openOrCreate(folder: string): { project: Project; isNew: boolean } {
  const isThere = statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  if (!isThere) throw new ReceptiveError('not-found', `There is no folder "${folder}".`, 'Check the path.');
  const project = openProject(folder);
  if (project) return { project, isNew: false };
  const origin = canonical(folder);
  return { project: Project.create(nameOf(origin), origin), isNew: true };
}
