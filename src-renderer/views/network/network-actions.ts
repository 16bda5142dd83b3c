/** What can be done with whole networks, from the bar and from the palette. Each shows by itself what went wrong. */
import { presetNames } from '../../../src-main/shared/network/index.ts';
import type { Pair } from '../../../src-main/shared/network/spec.ts';
import { text } from '../../messages/index.ts';
import type { Command } from '../../state/commands.svelte.ts';
import { connection } from '../../state/connection.svelte.ts';
import { networkEditor as editor } from '../../state/network.svelte.ts';
import { attempt, showNote, showSuccess } from '../../ui/notify.ts';

const words = text.network;

async function load(): Promise<void> {
  const path = await connection.request('dialog.openFile', { title: words.openTitle, extensions: ['json'] });
  if (path) showSuccess(words.loaded(await editor.readFile(path)));
}

async function write(): Promise<void> {
  if (!editor.json) return showNote(words.cannotWrite);
  const path = await connection.request('dialog.save', { title: words.saveTitle, name: `${editor.name}.json` });
  if (!path) return;
  await editor.writeFile(path);
  showSuccess(words.written(path));
}

export const networkActions = {
  load: () => attempt(load),
  write: () => attempt(write),
  choose: (id: number) => attempt(() => editor.choose(id)),
  fromPreset: (name: string, size?: Pair) => attempt(() => editor.createFromPreset(name, size)),
  duplicate: (name: string) => attempt(() => editor.create(name, editor.draft)),
  rename: (name: string) => attempt(() => editor.rename(name)),
  delete: () => attempt(() => editor.delete()),
};

export function networkCommands(): Command[] {
  const group = text.shell.views.network;
  return [
    { id: 'network.open', group, title: words.open, run: networkActions.load },
    { id: 'network.write', group, title: words.writeFile, run: networkActions.write },
    ...presetNames.map((name) => ({
      id: `network.preset.${name}`,
      group,
      title: words.fromPreset(name),
      run: () => networkActions.fromPreset(name),
    })),
  ];
}
