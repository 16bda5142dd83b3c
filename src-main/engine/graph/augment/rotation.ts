import type { PlaceChange } from './augmentation.ts';

/** By up to `degrees` either way, about the centre. */
export const rotation: PlaceChange = (draws, degrees) => {
  const { graph } = draws;
  const most = (degrees * Math.PI) / 180;
  const angle = draws.uniform('rotation', 'angle', -most, most);
  const cosine = graph.unary('Cos', angle);
  const sine = graph.unary('Sin', angle);
  return [cosine, graph.unary('Neg', sine), 0, sine, cosine, 0];
};
