import type { PlaceChange } from './augmentation.ts';

/** Larger or smaller by a factor of up to 1 + `strength`, about the centre; as often the one as the other. */
export const scale: PlaceChange = (draws, strength) => {
  const most = Math.log(1 + strength);
  const factor = draws.graph.unary('Exp', draws.uniform('scale', 'logarithm', -most, most));
  return [factor, 0, 0, 0, factor, 0];
};
