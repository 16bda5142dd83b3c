/** `receptive labels export`: a project's labels as a file or as class folders. */
import { exportLabels, leftOutText } from '../engine/give-back/export-labels.ts';
import { Project } from '../engine/store/project.ts';
import { openProject } from './open-project.ts';
import type { LabelsExportOptions } from './options.ts';
import type { Output } from './output.ts';

export async function run(
  { project: path, ...how }: LabelsExportOptions,
  output: Output,
): Promise<Record<string, unknown>> {
  // What is no project says so when it is opened.
  const project = openProject(path) ?? Project.open(path);
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
