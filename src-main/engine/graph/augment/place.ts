/** All changes of place at once: their matrices are multiplied, and each pixel is looked up a single time. */
import type { Augmentation } from '../../../shared/augmentation.ts';
import { attr, float, int32 } from '../builder.ts';
import type { TensorName } from '../builder.ts';
import type { Affine, Entry, Images, PlaceChange } from './augmentation.ts';
import { crop } from './crop.ts';
import type { Draws } from './draws.ts';
import { flipHorizontal, flipVertical } from './flip.ts';
import { rotation } from './rotation.ts';
import { scale } from './scale.ts';
import { shift } from './shift.ts';

const changes = { flipHorizontal, flipVertical, shift, rotation, scale, crop } satisfies Partial<
  Record<keyof Augmentation, PlaceChange>
>;

/** What lies outside of the image is its mirror image; between pixels the four around are mixed in proportion. */
export function changePlaces(draws: Draws, images: Images, strengths: Augmentation): TensorName {
  const { graph } = draws;
  const [height, width] = images.size;
  const names = Object.keys(changes) as (keyof typeof changes)[];
  const active = names.filter((name) => strengths[name] > 0);
  if (active.length === 0) return images.name;

  const fromCentre: Affine = [1, 0, -(width - 1) / 2, 0, 1, -(height - 1) / 2];
  const toCorner: Affine = [1, 0, (width - 1) / 2, 0, 1, (height - 1) / 2];
  const affines = active.map((name) => changes[name](draws, strengths[name], images.size));
  const product = [toCorner, ...affines, fromCentre]
    .map((affine) => matrix(draws, affine))
    .reduce((left, right) =>
      graph.node('BatchMatMulV2', [left, right], { T: float, adj_x: attr.bool(false), adj_y: attr.bool(false) }),
    );
  // The op takes the first eight of the nine; the last is 1.
  const flat = graph.reshape(product, [-1, 9]);
  const transforms = graph.node('Slice', [flat, graph.ints([0, 0]), graph.ints([-1, 8])], { T: float, Index: int32 });
  return graph.node(
    'ImageProjectiveTransformV3',
    [images.name, transforms, graph.ints([height, width]), graph.scalar(0)],
    { dtype: float, interpolation: attr.string('BILINEAR'), fill_mode: attr.string('REFLECT') },
  );
}

/** [batch, 3, 3] */
function matrix(draws: Draws, affine: Affine): TensorName {
  const { graph } = draws;
  const column = (entry: Entry): TensorName => (typeof entry === 'number' ? draws.constant(entry) : entry);
  const entries = [...affine, 0, 0, 1].map(column);
  const packed = graph.node('Pack', entries, { T: float, N: attr.int(9), axis: attr.int(1) });
  return graph.reshape(packed, [-1, 3, 3]);
}
