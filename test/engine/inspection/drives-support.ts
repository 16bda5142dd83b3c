/** Random small networks of the kinds that the plain network knows, with branches, and layers that lead nowhere. */
import { describeNetwork } from '../../../src-main/shared/network/index.ts';
import type { Network } from '../../../src-main/shared/network/spec.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { randomNetwork } from '../../oracle/random-network.ts';

const known = ['conv2d', 'maxPool', 'avgPool', 'batchNorm', 'activation', 'globalAvgPool', 'flatten', 'dense'];

/** Multiplications of a network that plain arrays run a thousand times in little time. */
const fewMultiplications = 400;
const fewPixels = 100;

/** The first small one of the seed's random networks that has branches and no other kinds. */
export function plainRandomNetwork(seed: number): Network {
  const random = createRandom(seed, 'plain network');
  for (;;) {
    const network = randomNetwork((min, max) => min + random.int(max - min + 1));
    const kinds: string[] = network.layers.map(({ kind }) => kind);
    const merges = kinds.includes('add') || kinds.includes('concat');
    const isKnown = kinds.every((kind) => [...known, 'dropout', 'add', 'concat'].includes(kind));
    if (!merges || !isKnown) continue;
    if (describeNetwork(network, 10).totals.macs <= fewMultiplications && pixels(network) <= fewPixels) return network;
  }
}

export const watch = () => ({ signal: new AbortController().signal, progress: () => undefined });

const pixels = ({ input }: Network): number => input.size[0] * input.size[1] * input.channels;
