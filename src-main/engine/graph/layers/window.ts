/** Padding of sliding windows, as TensorFlow's kernels take it. */
import { resolvePadding, windowOf } from '../../../shared/network/shapes.ts';
import type { ExplicitPadding, SlidingWindow } from '../../../shared/network/shapes.ts';
import type { Layer, Pair } from '../../../shared/network/spec.ts';
import { attr, float, int32 } from '../builder.ts';
import type { GraphBuilder, TensorName } from '../builder.ts';
import type { AttrValue } from '../proto.ts';
import type { Maps } from './layer.ts';

/** The layer's window; for kinds that have one. */
export function slidingWindow(layer: Layer): SlidingWindow {
  const window = windowOf(layer);
  if (window === null) throw new Error(`A ${layer.kind} layer has no window.`);
  return window;
}

/** The word for a window's padding that kernels have their fastest paths for. [1, 1] around 3x3 at stride 1 -> SAME */
export function paddingWord(window: SlidingWindow, input: Pair): 'VALID' | 'SAME' | 'EXPLICIT' {
  const zeros = resolvePadding(window, input).join();
  if (zeros === '0,0,0,0') return 'VALID';
  return zeros === resolvePadding({ ...window, padding: 'same' }, input).join() ? 'SAME' : 'EXPLICIT';
}

/** `padding`, with `explicit_paddings` where it takes numbers. */
export function paddingAttributes(window: SlidingWindow, input: Pair): Record<string, AttrValue> {
  const word = paddingWord(window, input);
  return word === 'EXPLICIT' ? explicitPadding(resolvePadding(window, input)) : { padding: attr.string(word) };
}

export function explicitPadding(zeros: ExplicitPadding): Record<string, AttrValue> {
  return { padding: attr.string('EXPLICIT'), explicit_paddings: attr.ints([0, 0, ...zeros.flat(), 0, 0]) };
}

/** Lays zeros around the maps. */
export function pad(graph: GraphBuilder, x: Maps, zeros: ExplicitPadding): TensorName {
  const around = graph.ints([0, 0, ...zeros.flat(), 0, 0], [4, 2]);
  return graph.node('Pad', [x.name, around], { T: float, Tpaddings: int32 });
}

/** The backward of `pad`: what of the padded maps' gradient belongs to `x`. */
export function unpad(graph: GraphBuilder, gradient: TensorName, x: Maps, zeros: ExplicitPadding): TensorName {
  const corner = graph.ints([0, zeros[0][0], zeros[1][0], 0]);
  return graph.node('Slice', [gradient, corner, graph.ints([-1, ...x.shape])], { T: float, Index: int32 });
}

/** A pair as TensorFlow's [batch, height, width, channels]. */
export const perMap = ([height, width]: Pair): number[] => [1, height, width, 1];

const sliceAttributes = {
  T: float,
  Index: int32,
  begin_mask: attr.int(0b1111),
  end_mask: attr.int(0b1111),
  ellipsis_mask: attr.int(0),
  new_axis_mask: attr.int(0),
  shrink_axis_mask: attr.int(0),
};

/** The cells that `strides` land on. */
export function keepStrided(graph: GraphBuilder, x: TensorName, strides: Pair): TensorName {
  const ends = graph.ints([0, 0, 0, 0]); // ignored: both masks are set
  return graph.node('StridedSlice', [x, ends, ends, graph.ints(perMap(strides))], sliceAttributes);
}

/** The backward of `keepStrided`: the gradient where the kept cells of `like` are, zeros between them. */
export function spreadStrided(graph: GraphBuilder, gradient: TensorName, like: TensorName, strides: Pair) {
  const ends = graph.ints([0, 0, 0, 0]);
  const inputs = [graph.shapeOf(like), ends, ends, graph.ints(perMap(strides)), gradient];
  return graph.node('StridedSliceGrad', inputs, sliceAttributes);
}
