import { text } from '../../messages/index.ts';
import { app, viewNames } from '../../state/app.svelte.ts';
import type { Command } from '../../state/commands.svelte.ts';
import { guide } from '../../state/guide.svelte.ts';
import { project } from '../../state/project.svelte.ts';
import { runs } from '../../state/run.svelte.ts';
import { pageOfView } from '../guide/pages.ts';

/** The views, the palette itself, and the run in progress. */
export function shellCommands(): Command[] {
  const words = text.shell;
  const isGoing = () => runs.state === 'training' || runs.state === 'validating';
  return [
    {
      id: 'palette.open',
      group: words.appName,
      title: words.palette,
      keys: 'Ctrl+K',
      run: () => {
        app.paletteOpen = true;
      },
    },
    {
      id: 'keys.show',
      group: words.appName,
      title: words.allKeys,
      keys: '?',
      run: () => {
        app.dialog = 'keys';
      },
    },
    {
      id: 'guide.open',
      group: words.appName,
      title: text.guide.title,
      keys: 'F1',
      run: () => guide.open(pageOfView[app.view]),
    },
    ...viewNames.map((view, index) => ({
      id: `view.${view}`,
      group: words.rail,
      title: words.goTo(words.views[view]),
      keys: `Ctrl+${index + 1}`,
      enabled: () => project.current !== null,
      run: () => app.go(view),
    })),
    { id: 'run.pause', group: words.views.train, title: words.run.pause, enabled: isGoing, run: () => runs.pause() },
    {
      id: 'run.continue',
      group: words.views.train,
      title: words.run.continue,
      enabled: () => runs.state === 'paused',
      run: () => runs.continue(),
    },
    {
      id: 'run.stop',
      group: words.views.train,
      title: words.run.stop,
      enabled: () => runs.active !== null && !runs.stopping,
      run: () => runs.stop(),
    },
  ];
}
