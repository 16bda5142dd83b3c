/** Saved networks, and network JSON files. */
import { writeFileAtomically } from '../files.ts';
import { readNetworkFile } from '../network-file.ts';
import { deleteNetwork, listNetworks, saveNetwork } from '../store/networks.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';

export function networkHandlers(context: EngineContext): Part<'networks'> {
  const { projects } = context;
  return {
    'networks.list': () => listNetworks(projects.db),
    'networks.save': (given) => {
      const saved = saveNetwork(projects.db, given);
      changed(context, 'networks', 'project');
      return saved;
    },
    'networks.delete': ({ id }) => {
      deleteNetwork(projects.db, id);
      changed(context, 'networks', 'project');
    },
    'networks.readFile': ({ path }) => readNetworkFile(path),
    'networks.writeFile': ({ path, json }) => writeFileAtomically(path, `${JSON.stringify(json, null, 2)}\n`),
  };
}
