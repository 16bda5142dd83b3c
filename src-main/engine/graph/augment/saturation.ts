import { attr, float, int32 } from '../builder.ts';
import { perImage } from './augmentation.ts';
import type { PixelChange } from './augmentation.ts';

/** Share of red, green and blue in what the eye sees as brightness (ITU-R BT.601). */
const luma = [0.299, 0.587, 0.114];

/** y + f (x - y), f from 1 - strength to 1 + strength, y the pixel's luma. A grey image stays as it is. */
export const saturation: PixelChange = (draws, { name, channels }, strength) => {
  if (channels !== luma.length) return name;
  const { graph } = draws;
  const factor = perImage(draws, draws.uniform('saturation', 'factor', 1 - strength, 1 + strength));
  const weighted = graph.binary('Mul', name, graph.floats(luma, [luma.length]));
  const grey = graph.node('Sum', [weighted, graph.ints([3])], { T: float, Tidx: int32, keep_dims: attr.bool(true) });
  return graph.binary('AddV2', grey, graph.binary('Mul', factor, graph.binary('Sub', name, grey)));
};
