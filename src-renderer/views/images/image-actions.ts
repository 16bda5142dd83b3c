/** What the Images view, its keys and the palette can do with images. */
import { text } from '../../messages/index.ts';
import { app } from '../../state/app.svelte.ts';
import { classes } from '../../state/classes.svelte.ts';
import type { Command } from '../../state/commands.svelte.ts';
import { connection } from '../../state/connection.svelte.ts';
import { images } from '../../state/images.svelte.ts';
import { project } from '../../state/project.svelte.ts';
import { attempt } from '../../ui/notify.ts';

export const imageExtensions = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif'];

async function addFolder(): Promise<void> {
  const folder = await connection.request('dialog.openFolder');
  if (folder) await images.import([folder]);
}

async function addFile(): Promise<void> {
  const title = text.images.addFile;
  const path = await connection.request('dialog.openFile', { title, extensions: imageExtensions });
  if (path) await images.import([path]);
}

/** Each shows by itself what went wrong. */
export const imageActions = {
  addFolder: () => attempt(addFolder),
  addFile: () => attempt(addFile),
  label: (classId: number | null) => attempt(() => images.label(classId)),
};

/** Labels by a class's key, or takes the label off with Backspace; false for any other key. */
export function labelKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === 'Backspace') {
    void imageActions.label(null);
    return true;
  }
  const info = classes.byKey(event.key);
  if (info) void imageActions.label(info.id);
  return info !== null;
}

export function imageCommands(): Command[] {
  const group = text.shell.views.images;
  const isOpen = () => project.current !== null;
  const isHere = () => isOpen() && app.view === 'images';
  const hasSelection = () => isHere() && images.selected.size > 0;
  return [
    { id: 'images.addFolder', group, title: text.images.addFolder, enabled: isOpen, run: imageActions.addFolder },
    { id: 'images.addFile', group, title: text.images.addFile, enabled: isOpen, run: imageActions.addFile },
    {
      id: 'images.selectAll',
      group,
      title: text.images.selectAll,
      keys: 'Ctrl+A',
      enabled: () => isHere() && images.count > 0,
      run: () => images.selectAll(),
    },
    {
      id: 'images.closer',
      group,
      title: text.images.lookCloser,
      enabled: hasSelection,
      run: () => {
        images.closer = true;
      },
    },
    ...classes.list.map((info) => ({
      id: `images.label.${info.id}`,
      group,
      title: text.images.labelAs(info.name),
      enabled: hasSelection,
      run: () => images.label(info.id),
    })),
    {
      id: 'images.unlabel',
      group,
      title: text.images.removeLabel,
      enabled: hasSelection,
      run: () => images.label(null),
    },
    {
      id: 'images.split',
      group,
      title: text.images.splitAction,
      enabled: isOpen,
      run: () => {
        app.go('images');
        app.dialog = 'assignSplits';
      },
    },
    {
      id: 'images.rejected',
      group,
      title: text.images.showRejected,
      enabled: isOpen,
      run: () => {
        app.dialog = 'rejectedImages';
      },
    },
    {
      id: 'images.clearFilters',
      group,
      title: text.images.clearFilters,
      enabled: () => isHere() && images.isFiltered,
      run: () => images.clearFilters(),
    },
  ];
}
