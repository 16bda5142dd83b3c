/** Gets the network that a command names: a preset, or a JSON file. */
import { readNetworkFile } from '../engine/network-file.ts';
import { ReceptiveError } from '../shared/errors.ts';
import { parseNetwork, presetNames, presets } from '../shared/network/index.ts';
import type { Network, Pair } from '../shared/network/spec.ts';
import type { NetworkChoice } from './options.ts';

/** What a command was told of its network; size and channels take the place of the network's own. */
interface NetworkWords {
  network: NetworkChoice;
  size?: Pair;
  channels?: number;
}

/** @throws ReceptiveError 'not-found', 'unreadable' or 'invalid-network' */
export async function readNetwork({ network, size, channels }: NetworkWords): Promise<Network> {
  if ('preset' in network) return parseNetwork(presets[network.preset], { size, channels });
  try {
    return await readNetworkFile(network.file, { size, channels });
  } catch (error) {
    if (!(error instanceof ReceptiveError) || error.code !== 'not-found') throw error;
    const hint = `A network is a JSON file or one of the presets ${presetNames.join(', ')}.`;
    throw new ReceptiveError('not-found', `There is no preset or file ${network.file}.`, hint);
  }
}
