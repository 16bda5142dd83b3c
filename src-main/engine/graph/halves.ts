/** A batch taken apart and put together again. */
import { attr, float, int32 } from './builder.ts';
import type { GraphBuilder, TensorName } from './builder.ts';
import { DataType } from './proto.ts';

/** The two halves of uint8 `pixels` [batch, ...]; `batch` is int32 [1]. Of an odd number the second has one more. */
export function halves(graph: GraphBuilder, pixels: TensorName, batch: TensorName): TensorName[] {
  const half = graph.node('FloorDiv', [batch, graph.ints([2], [])], { T: int32 });
  const rest = graph.node('Sub', [batch, half], { T: int32 });
  const sizes = concat(graph, [half, rest], int32);
  const attributes = { T: attr.type(DataType.uint8), Tlen: int32, num_split: attr.int(2) };
  const first = graph.node('SplitV', [pixels, sizes, graph.ints([0], [])], attributes);
  return [first, `${first}:1`];
}

/** Along the batch. */
export const joined = (graph: GraphBuilder, parts: readonly TensorName[]): TensorName => concat(graph, parts, float);

function concat(graph: GraphBuilder, parts: readonly TensorName[], type: typeof float): TensorName {
  const attributes = { T: type, Tidx: int32, N: attr.int(parts.length) };
  return graph.node('ConcatV2', [...parts, graph.ints([0], [])], attributes);
}
