/** Giving the labels back. */
import { exportLabels, leftOutText } from '../give-back/export-labels.ts';
import type { ExportedLabels } from '../give-back/export-labels.ts';
import type { EngineContext, Part } from './context.ts';

export function exportLabelsHandlers(context: EngineContext): Pick<Part<'labels'>, 'labels.export'> {
  return {
    'labels.export': ({ path, ...how }) => {
      const { db } = context.projects;
      return context.jobs.start('exportLabels', async ({ signal, progress }) =>
        sentence(await exportLabels(db, { ...how, out: path, signal, onProgress: progress })),
      );
    },
  };
}

/** "1,204 images in 10 classes written to /home/a/labels.csv. Left out: 20 without a label." */
function sentence({ images, classes, out, leftOut, unreadable }: ExportedLabels): string {
  const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
  const written = `${count(images, 'image', 'images')} in ${count(classes.length, 'class', 'classes')} written to ${out}.`;
  const others = leftOutText(leftOut);
  const [first] = unreadable;
  const named = first ? ` The first that could not be read: ${first.path} (${first.reason}).` : '';
  return `${written}${others ? ` Left out: ${others}.` : ''}${named}`;
}
