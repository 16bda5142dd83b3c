/** What buttons and the palette do with the quality scan, and how its end is told. */
import { errorFromReport } from '../../../src-main/shared/errors.ts';
import type { FindingKind } from '../../../src-main/shared/image-query.ts';
import type { Events } from '../../../src-main/shared/events.ts';
import { text } from '../../messages/index.ts';
import type { Command } from '../../state/commands.svelte.ts';
import { project } from '../../state/project.svelte.ts';
import { quality } from '../../state/quality.svelte.ts';
import { attempt, showError, showNote, showSuccess } from '../../ui/notify.ts';

const words = text.quality;

export const checkImages = () => attempt(() => quality.start());

export const excludeFound = (kind: FindingKind) =>
  attempt(async () => {
    showSuccess(words.excluded(await quality.exclude(kind)));
  });

export const unlabelFound = (kind: FindingKind) =>
  attempt(async () => {
    showSuccess(words.unlabelled(await quality.unlabel(kind)));
  });

export function sayChecked({ end, summary, error }: Events['job.ended']): void {
  if (error) showError(errorFromReport(error));
  else if (end === 'completed') showSuccess(words.ended, summary);
  else if (end === 'stopped') showNote(words.stopped);
}

export function qualityCommands(): Command[] {
  return [
    {
      id: 'quality.start',
      group: text.shell.views.images,
      title: words.start,
      enabled: () => (project.current?.imageCount ?? 0) > 0 && quality.progress === null,
      run: checkImages,
    },
  ];
}
