/** Each image mixed with the one before it in the batch, and their targets alike (Zhang, Cisse, Dauphin, Lopez-Paz 2017). */
import { float, int32 } from '../builder.ts';
import type { TensorName } from '../builder.ts';
import { perImage } from './augmentation.ts';
import type { Draws } from './draws.ts';
import { drawName } from './draws.ts';

/** Keeps the share a number where both gamma draws are too small to be one. */
const least = 1e-30;

export interface Mixed {
  images: TensorName;
  /** float32 [batch, classes] */
  targets: TensorName;
}

/**
 * s x + (1 - s) (the image before), s from Beta(alpha, alpha), the larger share always the image's own: which of the two
 * comes first makes no difference to what is learnt, and the image keeps its label as the most likely one. The batch is
 * in random order, so the image before is a random one.
 */
export function mixup(draws: Draws, { images, targets }: Mixed, alpha: number): Mixed {
  const { graph } = draws;
  const one = draws.gamma('mixup', 'one', alpha);
  const both = graph.sum([one, draws.gamma('mixup', 'other', alpha)]);
  const share = graph.binary('RealDiv', one, graph.binary('Maximum', both, graph.scalar(least)));
  const own = graph.binary('Maximum', share, graph.binary('Sub', graph.scalar(1), share), drawName('mixup', 'share'));
  return {
    images: mix(draws, images, perImage(draws, own)),
    targets: mix(draws, targets, graph.reshape(own, [-1, 1])),
  };
}

function mix({ graph }: Draws, x: TensorName, share: TensorName): TensorName {
  const before = graph.node('Roll', [x, graph.ints([1]), graph.ints([0])], { T: float, Tshift: int32, Taxis: int32 });
  return graph.binary('AddV2', before, graph.binary('Mul', share, graph.binary('Sub', x, before)));
}
