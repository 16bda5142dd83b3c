/** What the bars above the grid, the menus and the palette can do to bring images in and find them again. */
import type { Events } from '../../../src-main/shared/events.ts';
import { errorFromReport } from '../../../src-main/shared/errors.ts';
import { text } from '../../messages/index.ts';
import { bringIn } from '../../state/bring-in.svelte.ts';
import type { Command } from '../../state/commands.svelte.ts';
import { connection } from '../../state/connection.svelte.ts';
import { project } from '../../state/project.svelte.ts';
import { attempt, showError, showNote, showSuccess } from '../../ui/notify.ts';

const labelExtensions = ['csv', 'tsv', 'jsonl', 'ndjson', 'json'];

async function addLabels(): Promise<void> {
  const title = text.bringIn.labelFiles;
  const path = await connection.request('dialog.openFile', { title, extensions: labelExtensions });
  if (path) await bringIn.start([path]);
}

async function locate(): Promise<void> {
  const folder = await connection.request('dialog.openFolder');
  if (folder) await bringIn.locate(folder);
}

/** Whether a file may say which image has which label, by its name. */
export const mayHoldLabels = (path: string): boolean =>
  labelExtensions.some((extension) => path.toLowerCase().endsWith(`.${extension}`));

/** Each shows by itself what went wrong. */
export const bringInActions = {
  addLabels: () => attempt(addLabels),
  addLabelsOf: (path: string) => attempt(() => bringIn.start([path])),
  locate: () => attempt(locate),
};

export function bringInCommands(): Command[] {
  const group = text.shell.views.images;
  const enabled = () => project.current !== null;
  return [
    { id: 'images.addLabels', group, title: text.bringIn.addLabels, enabled, run: bringInActions.addLabels },
    { id: 'images.locate', group, title: text.bringIn.locateMissing, enabled, run: bringInActions.locate },
  ];
}

/** Says how an import, or a search for missing images, went. */
export function sayBroughtIn({ kind, end, summary, error }: Events['job.ended']): void {
  const words = text.bringIn;
  if (error) showError(errorFromReport(error));
  else if (end === 'completed') showSuccess(summary);
  else if (end === 'stopped' && kind === 'import') showNote(words.importStopped, words.importStoppedText);
  else if (end === 'stopped') showNote(words.locateStopped);
  else showNote(kind === 'import' ? words.importFailed : words.locateFailed, summary);
}
