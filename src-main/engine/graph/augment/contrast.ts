import { attr, float, int32 } from '../builder.ts';
import { perImage } from './augmentation.ts';
import type { PixelChange } from './augmentation.ts';

/** m + f (x - m), f from 1 - strength to 1 + strength, m the image's mean in each channel (as TensorFlow's AdjustContrast). */
export const contrast: PixelChange = (draws, { name }, strength) => {
  const { graph } = draws;
  const factor = perImage(draws, draws.uniform('contrast', 'factor', 1 - strength, 1 + strength));
  const mean = graph.node('Mean', [name, graph.ints([1, 2])], { T: float, Tidx: int32, keep_dims: attr.bool(true) });
  return graph.binary('AddV2', mean, graph.binary('Mul', factor, graph.binary('Sub', name, mean)));
};
