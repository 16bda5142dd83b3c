import type { LayerOf } from '../../../shared/network/spec.ts';
import { channelCount } from '../../../shared/network/shapes.ts';
import { attr, float, int32 } from '../builder.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';

export function add(context: LayerContext, _layer: LayerOf<'add'>, inputs: Tensor[]): BuiltLayer {
  return {
    output: context.graph.sum(inputs.map(({ name }) => name)),
    backward: (gradient) => ({ inputs: inputs.map(() => gradient) }),
  };
}

/** Side by side along the channels (or units), in the order of `from`. */
export function concat(context: LayerContext, _layer: LayerOf<'concat'>, inputs: Tensor[]): BuiltLayer {
  const { graph, outputShape } = context;
  const names = inputs.map(({ name }) => name);
  const sizes = inputs.map(({ shape }) => channelCount(shape));
  const axis = graph.ints([outputShape.length], []);
  const output = graph.node('ConcatV2', [...names, axis], { T: float, Tidx: int32, N: attr.int(names.length) });
  return {
    output,
    backward: (gradient) => {
      const attributes = { T: float, Tlen: int32, num_split: attr.int(names.length) };
      const parts = graph.node('SplitV', [gradient, graph.ints(sizes), axis], attributes);
      return { inputs: names.map((_, index) => (index === 0 ? parts : `${parts}:${index}`)) };
    },
  };
}
