import type { LayerOf } from '../../../shared/network/spec.ts';
import { attr, float, int32 } from '../builder.ts';
import { DataType } from '../proto.ts';
import { onlyInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';

/**
 * In training each number is zeroed with probability `rate` and the others are divided by 1 - rate, so that the mean
 * stays; in inference nothing happens. What is dropped follows from the run's seed, the layer's name and the step alone.
 */
export function dropout(context: LayerContext, layer: LayerOf<'dropout'>, inputs: Tensor[]): BuiltLayer {
  const { graph } = context;
  const input = onlyInput(inputs);
  if (!context.training || layer.rate === 0) {
    return { output: input.name, backward: (gradient) => ({ inputs: [gradient] }) };
  }
  const step = graph.cast(context.iterations(), DataType.float, DataType.int32);
  const seed = graph.node('Pack', [graph.ints([context.layerSeed()], []), step], {
    T: int32,
    N: attr.int(2),
    axis: attr.int(0),
  });
  const uniform = graph.node('StatelessRandomUniform', [graph.shapeOf(input.name), seed], {
    T: int32,
    Tseed: int32,
    dtype: float,
  });
  const kept = graph.binary('GreaterEqual', uniform, graph.scalar(layer.rate));
  const factor = graph.scalar(1 / (1 - layer.rate));
  const mask = graph.binary('Mul', graph.cast(kept, DataType.bool, DataType.float), factor);
  return {
    output: graph.binary('Mul', input.name, mask),
    backward: (gradient) => ({ inputs: [graph.binary('Mul', gradient, mask)] }),
  };
}
