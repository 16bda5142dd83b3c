/** Undo and redo, and where they lead: what was taken back is seen, and given anew by the next key. */
import { images } from '../../state/images.svelte.ts';
import { project } from '../../state/project.svelte.ts';

export async function takeStep(direction: 'undo' | 'redo'): Promise<void> {
  const changed = await project.step(direction);
  if (changed.length === 0 || goTo(changed)) return;
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
