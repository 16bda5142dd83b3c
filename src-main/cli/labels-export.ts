/** `receptive labels export`: a project's labels as a file or as class folders. */
import { existsSync } from 'node:fs';
import { exportLabels, leftOutText } from '../engine/give-back/export-labels.ts';
import { canonical, projectMadeOf } from '../engine/store/places.ts';
import { Project } from '../engine/store/project.ts';
import type { LabelsExportOptions } from './options.ts';
import type { Output } from './output.ts';

export async function run(
  { project: path, ...how }: LabelsExportOptions,
  output: Output,
): Promise<Record<string, unknown>> {
  const project = openProject(path);
  const aborter = new AbortController();
  output.onInterrupt(() => aborter.abort());
  try {
    const { unreadable, ...done } = await exportLabels(project.db, {
      ...how,
      signal: aborter.signal,
      onProgress: (count, total) => output.progress('Giving labels back', count, total),
    });
    for (const { path, reason } of unreadable) output.warn(`${path} is left out: ${reason}`);
    const others = leftOutText(done.leftOut);
    output.text(`${done.images.toLocaleString('en')} images of ${done.classes.length.toLocaleString('en')} classes`);
    if (others) output.text(`Left out: ${others}`);
    output.text(done.out);
    return done;
  } finally {
    project.close();
  }
}

/** The one that was made of the images in the folder, else the project that the folder is. */
function openProject(folder: string): Project {
  const made = existsSync(folder) ? projectMadeOf(canonical(folder)) : null;
  return Project.open(made ?? folder);
}
