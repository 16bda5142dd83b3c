/** What the palette can do about giving labels back. */
import type { Events } from '../../../src-main/shared/events.ts';
import { errorFromReport } from '../../../src-main/shared/errors.ts';
import { text } from '../../messages/index.ts';
import { app } from '../../state/app.svelte.ts';
import type { Command } from '../../state/commands.svelte.ts';
import { project } from '../../state/project.svelte.ts';
import { showError, showNote, showSuccess } from '../../ui/notify.ts';

export function openExportLabels(): void {
  app.go('images');
  app.dialog = 'exportLabels';
}

export function giveBackCommands(): Command[] {
  const { action } = text.giveBack;
  const enabled = () => project.current !== null;
  return [{ id: 'labels.export', group: text.shell.views.images, title: action, enabled, run: openExportLabels }];
}

export function sayExported({ end, summary, error }: Events['job.ended']): void {
  const words = text.giveBack;
  if (error) showError(errorFromReport(error));
  else if (end === 'completed') showSuccess(words.done, summary);
  else if (end === 'stopped') showNote(words.stopped, words.stoppedText);
  else showNote(words.failed, summary);
}
