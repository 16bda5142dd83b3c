import { ReceptiveError } from '../../shared/errors.ts';
import type { BatchNormReport } from '../../shared/inspection.ts';
import { inputsOf } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';
import { outputOf } from './maps.ts';
import { channelHistograms } from './statistics.ts';

/** The images whose statistics are shown: uint8 [batch, height, width, channels], and where they came from. */
export interface NamedBatch {
  pixels: Uint8Array;
  paths: string[];
}

/** What a BN layer sees and does with `batch` in training mode, beside its running statistics. Changes no weight. */
export function batchNormReport(model: Model, network: Network, batch: NamedBatch, layer: string): BatchNormReport {
  const index = network.layers.findIndex(({ name }) => name === layer);
  const spec = network.layers[index];
  if (spec?.kind !== 'batchNorm') {
    const found = spec ? `is ${spec.kind}` : 'is not in the network';
    throw new ReceptiveError('usage', `${layer} ${found}; batch statistics belong to batchNorm layers.`);
  }
  const before = outputOf(inputsOf(network)[index]![0]!);
  const after = outputOf(layer);
  const perChannel = ['batchMean', 'batchVariance', 'movingMean', 'movingVariance', 'gamma', 'beta'] as const;
  const names = perChannel.map((name) => `${layer}/${name}`);
  const fetched = model.fetch(batch.pixels, [...names, before, after], { training: true });
  const numbers = (name: (typeof perChannel)[number]) => Array.from(fetched[`${layer}/${name}`]!.values);
  const channels = fetched[`${layer}/gamma`]!.values.length;
  return {
    layer,
    batch: batch.paths,
    batchMean: numbers('batchMean'),
    batchVariance: numbers('batchVariance'),
    runningMean: numbers('movingMean'),
    runningVariance: numbers('movingVariance'),
    gamma: numbers('gamma'),
    beta: numbers('beta'),
    epsilon: spec.epsilon,
    before: channelHistograms(fetched[before]!.values, channels),
    after: channelHistograms(fetched[after]!.values, channels),
  };
}
