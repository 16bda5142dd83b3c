import type { PlaceChange } from './augmentation.ts';

/** Up to `share` of the width to either side and of the height up or down. */
export const shift: PlaceChange = (draws, share, [height, width]) => {
  const x = draws.uniform('shift', 'x', -share * width, share * width);
  const y = draws.uniform('shift', 'y', -share * height, share * height);
  return [1, 0, x, 0, 1, y];
};
