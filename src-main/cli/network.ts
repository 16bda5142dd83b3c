/** Gets the network that a command names: a preset, or a JSON file. */
import { readFile, stat } from 'node:fs/promises';
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
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReceptiveError('invalid-network', `The network file ${file} is not JSON: ${why}`, 'Correct the file.');
  }
}

async function readText(file: string): Promise<string> {
  const hint = `A network is a JSON file or one of the presets ${presetNames.join(', ')}.`;
  try {
    // Opening a pipe that nobody writes to would wait for ever.
    const isFile = (await stat(file)).isFile();
    if (isFile) return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = reportError(error);
    if (code === 'not-found') throw new ReceptiveError(code, `There is no preset or file ${file}.`, hint);
    throw new ReceptiveError('unreadable', `The network file ${file} cannot be read: ${message}`, hint);
  }
  throw new ReceptiveError('unreadable', `The network ${file} is not a file.`, hint);
}
