/** Reads the JSON of a network: ours, or the topology of a Keras or TensorFlow.js model. */
import { readFile, stat } from 'node:fs/promises';
import { ReceptiveError, reportError } from '../shared/errors.ts';
import { networkFromKeras } from '../shared/network/import/keras.ts';
import { parseNetwork } from '../shared/network/index.ts';
import type { Overrides } from '../shared/network/index.ts';
import type { Network } from '../shared/network/spec.ts';

/** In bytes. A network of a thousand layers is some 200 kB; Keras writes ten times as much. Larger files are something else. */
const largestFile = 10_000_000;

/** @throws ReceptiveError 'not-found', 'unreadable' or 'invalid-network' */
export async function readNetworkFile(path: string, overrides: Overrides = {}): Promise<Network> {
  const json = parseJson(path, await readText(path));
  return parseNetwork(networkFromKeras(json) ?? json, overrides);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReceptiveError('invalid-network', `The network file ${path} is not JSON: ${why}`, 'Correct the file.');
  }
}

async function readText(path: string): Promise<string> {
  try {
    const { size, isFile } = await stat(path).then((stats) => ({ size: stats.size, isFile: stats.isFile() }));
    // Opening a pipe that nobody writes to would wait for ever.
    if (!isFile) throw new ReceptiveError('unreadable', `The network ${path} is not a file.`, 'Choose a JSON file.');
    if (size <= largestFile) return await readFile(path, 'utf8');
    const [has, most] = [size, largestFile].map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`);
    throw new ReceptiveError(
      'invalid-network',
      `The network file ${path} has ${has}; a network's file has at most ${most}.`,
      'Choose the JSON of the network alone, without weights.',
    );
  } catch (error) {
    if (error instanceof ReceptiveError) throw error;
    const { code, message } = reportError(error);
    if (code === 'not-found') throw new ReceptiveError(code, `There is no file ${path}.`, 'Check the path.');
    throw new ReceptiveError(
      'unreadable',
      `The network file ${path} cannot be read: ${message}`,
      'Check its permissions.',
    );
  }
}
