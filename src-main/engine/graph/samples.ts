/** Large tensors of the training pass as samples, so that looking at them copies little out of the session. */
import { attr, float, int32 } from './builder.ts';
import type { GraphBuilder, TensorName } from './builder.ts';
import { DataType } from './proto.ts';

/** A tensor of more values than this is looked at by an evenly spaced sample of no more. */
export const mostSampled = 8192;

/** The images of a look, at most: how far apart the sampled values of a layer's output are follows from it. */
export const mostLookImages = 16;

/** By a tensor's name: the sample, and half the mean of the squares of all its values. */
export const sampleOf = (tensor: string): string => `.samples/${tensor}`;
export const halfMeanSquareOf = (tensor: string): string => `.samples/${tensor}/halfMeanSquare`;

/** Makes `tensor` findable as a sample under `name` where it has more values than may be looked at. */
export function addSample(graph: GraphBuilder, tensor: TensorName, name: string, size: number): void {
  if (size <= mostSampled) return;
  const all = graph.reshape(tensor, [-1]);
  const bounds = [graph.ints([0]), graph.ints([0]), graph.ints([strideFor(size)])];
  const masks = { begin_mask: attr.int(1), end_mask: attr.int(1), ellipsis_mask: attr.int(0) };
  const rest = { new_axis_mask: attr.int(0), shrink_axis_mask: attr.int(0), T: float, Index: int32 };
  graph.node('StridedSlice', [all, ...bounds], { ...masks, ...rest }, { name: sampleOf(name) });
  const count = graph.node('Size', [all], { T: float, out_type: int32 });
  const halfSquares = graph.node('L2Loss', [all], { T: float });
  graph.binary('RealDiv', halfSquares, graph.cast(count, DataType.int32, DataType.float), halfMeanSquareOf(name));
}

/** A prime, so that it has nothing in common with the number of channels: all of them are in the sample. */
export function strideFor(size: number): number {
  let stride = Math.ceil(size / mostSampled);
  while (!isPrime(stride)) stride++;
  return stride;
}

function isPrime(number: number): boolean {
  for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) return false;
  return number > 1;
}
