/** Undo and redo, and where they lead: a label that was taken back is seen, and given anew by the next key. */
import { connection } from '../../state/connection.svelte.ts';
import { images } from '../../state/images.svelte.ts';
import { project } from '../../state/project.svelte.ts';

export async function takeStep(direction: 'undo' | 'redo'): Promise<void> {
  const told: Uint32Array[] = [];
  // What the step itself relabels is told last before its reply; labels given just before it may be told meanwhile.
  const stop = connection.on('images.relabelled', ({ ids }) => told.push(ids));
  try {
    await project[direction]();
  } finally {
    stop();
  }
  const changed = told.at(-1);
  if (!changed || goTo(changed)) return;
  // The filters had left them out.
  await images.refresh();
  goTo(changed);
}

/** Goes to the first of these images that is listed; false where none is. */
function goTo(ids: Uint32Array): boolean {
  const wanted = new Set(ids);
  for (let at = 0; at < images.count; at++) {
    if (!wanted.has(images.rows.idAt(at))) continue;
    images.pick(at, 'only');
    return true;
  }
  return false;
}
