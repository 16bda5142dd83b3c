/** What the start screen, the project's menu and the palette can do with projects. */
import { text } from '../../messages/index.ts';
import { app } from '../../state/app.svelte.ts';
import type { Command } from '../../state/commands.svelte.ts';
import { connection } from '../../state/connection.svelte.ts';
import { project } from '../../state/project.svelte.ts';
import { attempt, showSuccess } from '../../ui/notify.ts';
import { takeStep } from '../images/take-step.ts';

async function openFolderOfImages(): Promise<void> {
  const folder = await connection.request('dialog.openFolder');
  if (folder) await project.fromFolder(folder);
}

async function openProject(): Promise<void> {
  const path = await connection.request('dialog.openFolder');
  if (path) await project.open(path);
}

async function moveProject(): Promise<void> {
  const current = project.current;
  if (!current) return;
  const to = await connection.request('dialog.save', { title: text.project.moveTitle, name: current.name });
  if (!to) return;
  await project.move(to);
  showSuccess(text.project.moved(to));
}

async function showProject(): Promise<void> {
  if (project.current) await connection.request('app.showInFolder', { path: project.current.path });
}

/** Each shows by itself what went wrong. */
export const projectActions = {
  openFolder: () => attempt(openFolderOfImages),
  open: () => attempt(openProject),
  create: () => {
    app.dialog = 'createProject';
  },
  openRecent: (path: string) => attempt(() => project.open(path)),
  openDemo: (demo: 'clothes' | 'emoji') => attempt(() => project.openDemo(demo)),
  move: () => attempt(moveProject),
  show: () => attempt(showProject),
  close: () => attempt(() => project.close()),
  undo: () => attempt(() => takeStep('undo')),
  redo: () => attempt(() => takeStep('redo')),
};

export function projectCommands(): Command[] {
  const group = text.project.menu;
  const isOpen = () => project.current !== null;
  return [
    { id: 'project.openFolder', group, title: text.project.openFolder, keys: 'Ctrl+O', run: projectActions.openFolder },
    { id: 'project.create', group, title: text.project.create, keys: 'Ctrl+N', run: projectActions.create },
    { id: 'project.open', group, title: text.project.open, run: projectActions.open },
    ...(['clothes', 'emoji'] as const).map((demo) => ({
      id: `project.demo.${demo}`,
      group,
      title: text.project.openDemo(text.project.demo[demo].name),
      run: () => projectActions.openDemo(demo),
    })),
    ...project.recent
      .filter((recent) => recent.exists)
      .map((recent) => ({
        id: `project.recent.${recent.path}`,
        group,
        title: `${text.project.openRecent}: ${recent.name}`,
        run: () => projectActions.openRecent(recent.path),
      })),
    { id: 'project.move', group, title: text.project.move, enabled: isOpen, run: projectActions.move },
    { id: 'project.show', group, title: text.project.showInFolder, enabled: isOpen, run: projectActions.show },
    { id: 'project.close', group, title: text.project.close, enabled: isOpen, run: projectActions.close },
    {
      id: 'project.undo',
      group,
      title: text.shell.undo,
      keys: 'Ctrl+Z',
      enabled: () => project.current?.undo != null,
      run: projectActions.undo,
    },
    {
      id: 'project.redo',
      group,
      title: text.shell.redo,
      keys: 'Ctrl+Shift+Z',
      enabled: () => project.current?.redo != null,
      run: projectActions.redo,
    },
  ];
}
