/** What the palette and the window's keys can do in the Images view. */
import { text } from '../../messages/index.ts';
import { app } from '../../state/app.svelte.ts';
import { classes } from '../../state/classes.svelte.ts';
import type { Command } from '../../state/commands.svelte.ts';
import { images } from '../../state/images.svelte.ts';
import { project } from '../../state/project.svelte.ts';
import { imageActions } from './image-actions.ts';
import { imageKeys } from './image-keys.ts';
import { imagesView } from './view-state.svelte.ts';

const group = text.shell.views.images;
const isOpen = () => project.current !== null;
const isHere = () => isOpen() && app.view === 'images';
const hasSelection = () => isHere() && images.selected.size > 0;

/** The keys of the view that do something by themselves. */
function keyCommands(): Command[] {
  return imageKeys.flatMap(({ keys, title, press }) =>
    press
      ? [
          {
            id: `images.key.${press.key}`,
            group,
            title,
            viewKeys: keys,
            enabled: () => isHere() && press.enabled(),
            run: press.run,
          },
        ]
      : [],
  );
}

/** Classes without a key are found in the box for that: the palette would be slow with a thousand of them. */
function labelCommands(): Command[] {
  return classes.list.flatMap(({ id, name, key }) =>
    key === null
      ? []
      : {
          id: `images.label.${id}`,
          group,
          title: text.images.labelAs(name),
          viewKeys: key.toUpperCase(),
          enabled: hasSelection,
          run: () => imageActions.label(id),
        },
  );
}

export function imageCommands(): Command[] {
  return [
    { id: 'images.addFolder', group, title: text.images.addFolder, enabled: isOpen, run: imageActions.addFolder },
    { id: 'images.addFile', group, title: text.images.addFile, enabled: isOpen, run: imageActions.addFile },
    {
      id: 'images.selectAll',
      group,
      title: text.images.selectAll,
      keys: text.images.keys.all.keys,
      enabled: () => isHere() && images.count > 0,
      run: () => images.selectAll(),
    },
    {
      id: 'images.closer',
      group,
      title: text.images.lookCloser,
      viewKeys: text.images.keys.closer.keys,
      enabled: hasSelection,
      run: () => {
        images.closer = true;
      },
    },
    ...keyCommands(),
    ...labelCommands(),
    {
      id: 'images.watch',
      group,
      title: text.images.watchTitle,
      enabled: () => isHere() && images.focusId !== null,
      run: imageActions.toggleWatched,
    },
    {
      id: 'images.filter',
      group,
      title: text.images.keys.filter.title,
      keys: text.images.keys.filter.keys,
      enabled: isHere,
      run: () => {
        imagesView.filters = true;
      },
    },
    {
      id: 'images.clearFilters',
      group,
      title: text.imageFilters.clear,
      enabled: () => isHere() && images.isFiltered,
      run: () => images.clearFilters(),
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
  ];
}
