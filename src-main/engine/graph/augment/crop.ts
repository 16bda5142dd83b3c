import type { PlaceChange } from './augmentation.ts';

/** A part of the image, each side up to `share` shorter, from anywhere in it, enlarged to the whole. */
export const crop: PlaceChange = (draws, share, [height, width]) => {
  const { graph } = draws;
  const cut = draws.uniform('crop', 'cut', 0, share);
  const kept = graph.binary('Sub', graph.scalar(1), cut);
  const offset = (what: string, side: number) =>
    graph.binary('Mul', draws.uniform('crop', what, -side / 2, side / 2), cut);
  return [kept, 0, offset('x', width), 0, kept, offset('y', height)];
};
