/** The attributes TensorFlow's kernels take for a window's padding. */
import type { Layer, Pair } from '../../../shared/network/spec.ts';
import { resolvePadding, windowOf } from '../../../shared/network/shapes.ts';
import type { ExplicitPadding, SlidingWindow } from '../../../shared/network/shapes.ts';
import { attr } from '../builder.ts';
import type { AttrValue } from '../proto.ts';

/** The layer's window; for kinds that have one. */
export function slidingWindow(layer: Layer): SlidingWindow {
  const window = windowOf(layer);
  if (window === null) throw new Error(`A ${layer.kind} layer has no window.`);
  return window;
}

export const isPadded = (zeros: ExplicitPadding): boolean => zeros.flat().some((count) => count > 0);

/** `padding` and `explicit_paddings`: the words that the kernels have fast paths for, else the numbers. */
export function paddingAttributes(window: SlidingWindow, input: Pair): Record<string, AttrValue> {
  const zeros = resolvePadding(window, input);
  if (!isPadded(zeros)) return { padding: attr.string('VALID') };
  return window.padding === 'same' ? { padding: attr.string('SAME') } : explicitPadding(zeros);
}

export function explicitPadding(zeros: ExplicitPadding): Record<string, AttrValue> {
  return { padding: attr.string('EXPLICIT'), explicit_paddings: attr.ints([0, 0, ...zeros.flat(), 0, 0]) };
}

/** A pair as TensorFlow's [batch, height, width, channels]. */
export const perMap = ([height, width]: Pair): number[] => [1, height, width, 1];
