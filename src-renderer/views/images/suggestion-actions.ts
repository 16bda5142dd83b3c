/** What buttons, keys and the palette do with suggestions, and how their work's end is told. */
import type { Events } from '../../../src-main/shared/events.ts';
import { errorFromReport } from '../../../src-main/shared/errors.ts';
import { text } from '../../messages/index.ts';
import { app } from '../../state/app.svelte.ts';
import type { Command } from '../../state/commands.svelte.ts';
import { images } from '../../state/images.svelte.ts';
import { project } from '../../state/project.svelte.ts';
import { suggestions } from '../../state/suggestions.svelte.ts';
import { attempt, showError, showNote, showSuccess } from '../../ui/notify.ts';

const words = text.suggestions;
/** What one search takes at most. */
const mostExamples = 1000;

export const startSuggesting = (scope: 'unlabelled' | 'all') => attempt(() => suggestions.start(scope));

/** The images without a label, those that the model is least sure of in front; or all images as before. */
export async function showUncertain(on: boolean): Promise<void> {
  const sorted = images.setSort(on ? { by: 'uncertainty', descending: true } : undefined);
  await Promise.all([sorted, images.setFilter({ classId: on ? null : undefined, similarTo: undefined })]);
}

/** Lists the images by how alike they are to the selection. */
export const findSimilar = () =>
  attempt(async () => {
    const similarTo = [...images.selected].slice(0, mostExamples);
    if (similarTo.length > 0) await images.setFilter({ similarTo });
  });

export const acceptSelected = () => attempt(() => images.acceptSuggestions());

export function suggestionCommands(): Command[] {
  const group = text.shell.views.images;
  const enabled = () => project.current !== null && app.view === 'images';
  return [
    { id: 'suggestions.start', group, title: words.start, enabled, run: () => startSuggesting('unlabelled') },
    {
      id: 'suggestions.uncertain',
      group,
      title: words.uncertain,
      enabled: () => enabled() && (suggestions.state?.suggested ?? 0) > 0,
      run: () => showUncertain(true),
    },
  ];
}

/** A list of similar images is read again when more images can be in it. */
export function sayWorked({ kind, end, summary, error }: Events['job.ended']): void {
  const suggested = kind === 'suggest';
  if (!suggested && images.filter.similarTo) void attempt(() => images.refresh());
  if (error) showError(errorFromReport(error));
  else if (end === 'completed') showSuccess(summary);
  else if (end === 'stopped') {
    if (suggested) showNote(words.stopped, words.stoppedText);
    else showNote(words.comparingStopped, words.comparingStoppedText);
  } else showNote(suggested ? words.failed : words.comparingFailed, summary);
}
