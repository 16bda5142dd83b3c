/** What the Images view, its keys and its menus can do with images. */
import { text } from '../../messages/index.ts';
import { bringIn } from '../../state/bring-in.svelte.ts';
import { connection } from '../../state/connection.svelte.ts';
import { images } from '../../state/images.svelte.ts';
import type { PinnedSide } from '../../state/images.svelte.ts';
import { project } from '../../state/project.svelte.ts';
import { attempt } from '../../ui/notify.ts';

export const imageExtensions = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif'];

async function addFolder(): Promise<void> {
  const folder = await connection.request('dialog.openFolder');
  if (folder) await bringIn.start([folder]);
}

async function addFile(): Promise<void> {
  const title = text.images.addFile;
  const path = await connection.request('dialog.openFile', { title, extensions: imageExtensions });
  if (path) await bringIn.start([path]);
}

/** Each shows by itself what went wrong. */
export const imageActions = {
  addFolder: () => attempt(addFolder),
  addFile: () => attempt(addFile),
  label: (classId: number | null) => attempt(() => images.label(classId)),
  toggleExcluded: () => attempt(() => images.toggleExcluded()),
  pin: (split: PinnedSide | null) => attempt(() => images.pin(split)),
  /** The image in focus is the one that is looked at while a run trains, or no longer. */
  toggleWatched: () =>
    attempt(() => project.watch(project.current?.watchedImage === images.focusId ? null : images.focusId)),
};
