/** Gets the network that a command names: a preset, or a JSON file. */
import { readFile } from 'node:fs/promises';
import { ReceptiveError, reportError } from '../shared/errors.ts';
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
  const json = 'preset' in network ? presets[network.preset] : await readJson(network.file);
  return parseNetwork(json, { size, channels });
}

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = reportError(error);
    const hint = `A network is a JSON file or one of the presets ${presetNames.join(', ')}.`;
    if (code === 'not-found')
      throw new ReceptiveError(code, `There is no network file ${file}, and no such preset.`, hint);
    throw new ReceptiveError('unreadable', `The network file ${file} cannot be read: ${message}`, hint);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReceptiveError('invalid-network', `The network file ${file} is not JSON: ${why}`, 'Correct the file.');
  }
}
