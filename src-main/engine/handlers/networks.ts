/** Saved networks, and network JSON files. */
import { readFileSync, statSync } from 'node:fs';
import { ReceptiveError } from '../../shared/errors.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { NetworkJson } from '../../shared/network/spec.ts';
import { writeFileAtomically } from '../files.ts';
import { deleteNetwork, listNetworks, saveNetwork } from '../store/networks.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';

/** A network of a thousand layers is some 200 kB; larger files are something else. */
const largestFile = 10_000_000;

function readNetworkFile(path: string): NetworkJson {
  const { size } = statSync(path);
  if (size > largestFile) {
    throw new ReceptiveError(
      'invalid-network',
      `"${path}" is ${size} bytes; a network's file has at most ${largestFile}.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ReceptiveError(
      'invalid-network',
      `"${path}" is not JSON: ${error.message}.`,
      'Choose a network JSON file.',
    );
  }
  return parseNetwork(json);
}

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
    'networks.writeOut': ({ path, data }) => writeFileAtomically(path, data),
  };
}
