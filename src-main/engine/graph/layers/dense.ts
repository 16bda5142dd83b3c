import type { LayerOf } from '../../../shared/network/spec.ts';
import { elementCount } from '../../../shared/network/shapes.ts';
import { zeros } from './initializers.ts';
import { onlyInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';

export function dense(context: LayerContext, layer: LayerOf<'dense'>, inputs: Tensor[]): BuiltLayer {
  const { graph } = context;
  const { name: x, shape } = onlyInput(inputs); // [batch, features]
  if (shape.length !== 1) throw new Error(`Expected a vector, got [${shape.join(', ')}].`);
  const units = elementCount(context.outputShape);
  const kernel = context.variable('kernel', [shape[0], units], context.kernelStart(shape[0])).value;
  const product = graph.matMul(x, kernel); // [batch, units]
  const output = layer.useBias ? graph.biasAdd(product, context.variable('bias', [units], zeros).value) : product;
  return {
    output,
    backward: (gradient) => ({
      inputs: [graph.matMul(gradient, kernel, { y: true })],
      variables: {
        kernel: graph.matMul(x, gradient, { x: true }),
        ...(layer.useBias && { bias: graph.biasAddGradient(gradient) }),
      },
    }),
  };
}

/** Maps row by row, channels last, as one vector. */
export function flatten(context: LayerContext, _layer: LayerOf<'flatten'>, inputs: Tensor[]): BuiltLayer {
  const { graph } = context;
  const { name: x, shape } = onlyInput(inputs);
  return {
    output: graph.reshape(x, [-1, elementCount(shape)]),
    backward: (gradient) => ({ inputs: [graph.reshape(gradient, [-1, ...shape])] }),
  };
}
