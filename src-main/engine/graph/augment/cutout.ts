import { float } from '../builder.ts';
import type { TensorName } from '../builder.ts';
import { perImage } from './augmentation.ts';
import type { PixelChange } from './augmentation.ts';
import type { Draws } from './draws.ts';

/** What the box is filled with: the middle of the range. */
const grey = 0.5;

/**
 * A grey box with its centre anywhere in the image, so that a part of it may lie outside (DeVries and Taylor 2017). A
 * pixel is in it when its middle is.
 */
export const cutout: PixelChange = (draws, { name, size: [height, width] }, share) => {
  const { graph } = draws;
  const rows = within(draws, 'y', height, share, [1, height, 1, 1]);
  const columns = within(draws, 'x', width, share, [1, 1, width, 1]);
  const box = graph.node('LogicalAnd', [rows, columns], {});
  return graph.node('SelectV2', [box, graph.scalar(grey), name], { T: float });
};

/** Which rows or columns the box takes: bool, `shape` with the batch first. */
function within(draws: Draws, what: string, length: number, share: number, shape: number[]): TensorName {
  const { graph } = draws;
  const middles = graph.floats(
    Array.from({ length }, (_, at) => at + 0.5),
    shape,
  );
  const centre = perImage(draws, draws.uniform('cutout', what, 0, length));
  const distance = graph.unary('Abs', graph.binary('Sub', middles, centre));
  return graph.binary('Less', distance, graph.scalar((share * length) / 2));
}
