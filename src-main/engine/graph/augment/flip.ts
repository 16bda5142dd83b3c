import type { AugmentationName } from '../../../shared/augmentation.ts';
import { float } from '../builder.ts';
import type { TensorName } from '../builder.ts';
import type { PlaceChange } from './augmentation.ts';
import type { Draws } from './draws.ts';

export const flipHorizontal: PlaceChange = (draws, probability) => [
  side(draws, 'flipHorizontal', probability),
  0,
  0,
  0,
  1,
  0,
];

export const flipVertical: PlaceChange = (draws, probability) => [
  1,
  0,
  0,
  0,
  side(draws, 'flipVertical', probability),
  0,
];

/** -1 with that probability, 1 otherwise. */
function side(draws: Draws, augmentation: AugmentationName, probability: number): TensorName {
  const { graph } = draws;
  const drawn = draws.uniform(augmentation, 'chance', 0, 1);
  const mirrored = graph.binary('Less', drawn, graph.scalar(probability));
  return graph.node('SelectV2', [mirrored, graph.scalar(-1), graph.scalar(1)], { T: float });
}
