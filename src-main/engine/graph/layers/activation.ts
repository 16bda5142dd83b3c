import { leakyReluSlope } from '../../../shared/network/spec.ts';
import type { LayerOf } from '../../../shared/network/spec.ts';
import { attr, float } from '../builder.ts';
import type { GraphBuilder, TensorName } from '../builder.ts';
import { onlyInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';

interface Activation {
  output: TensorName;
  /** Gradient of the loss by the input, from that by the output. */
  backward(gradient: TensorName): TensorName;
}

type Build = (graph: GraphBuilder, x: TensorName) => Activation;

/** A function whose gradient kernel takes (gradient, input). */
const fromInput =
  (op: string): Build =>
  (graph, x) => ({ output: graph.unary(op, x), backward: (gradient) => graph.binary(`${op}Grad`, gradient, x) });

/** A function whose gradient kernel takes (output, gradient). */
const fromOutput =
  (op: string): Build =>
  (graph, x) => {
    const output = graph.unary(op, x);
    return { output, backward: (gradient) => graph.binary(`${op}Grad`, output, gradient) };
  };

const relu: Build = (graph, x) => {
  const output = graph.unary('Relu', x);
  // The input has no other user then, and TensorFlow's graph rewriter makes one kernel of it and the layer before.
  return { output, backward: (gradient) => graph.binary('ReluGrad', gradient, output) };
};

const elu: Build = (graph, x) => {
  const output = graph.unary('Elu', x);
  return { output, backward: (gradient) => graph.binary('EluGrad', gradient, output) };
};

/**
 * As x - (1 - slope) min(x, 0): TensorFlow's graph rewriter stumbles over its own LeakyRelu, and over a maximum that it
 * takes for one, where the input is fetched as well.
 */
const leakyRelu: Build = (graph, x) => {
  const negative = graph.binary('Minimum', x, graph.scalar(0));
  return {
    output: graph.binary('Sub', x, graph.binary('Mul', negative, graph.scalar(1 - leakyReluSlope))),
    backward: (gradient) => graph.node('LeakyReluGrad', [gradient, x], { T: float, alpha: attr.float(leakyReluSlope) }),
  };
};

/** x sigmoid(x); its derivative is s + x s (1 - s), with s = sigmoid(x). */
const silu: Build = (graph, x) => {
  const s = graph.unary('Sigmoid', x);
  const output = graph.binary('Mul', x, s);
  return {
    output,
    backward: (gradient) => {
      const bend = graph.binary('Mul', output, graph.binary('Sub', graph.scalar(1), s));
      return graph.binary('Mul', gradient, graph.binary('AddV2', s, bend));
    },
  };
};

/**
 * x P(x), P being the standard normal's distribution function (1 + erf(x / sqrt 2)) / 2 (Hendrycks and Gimpel 2016; the
 * exact form, Keras' default). Its derivative is P(x) + x p(x), p the density. gelu(1) = 0.8413.
 */
const gelu: Build = (graph, x) => {
  const erf = graph.unary('Erf', graph.binary('Mul', x, graph.scalar(Math.SQRT1_2)));
  const half = graph.scalar(0.5);
  const probability = graph.binary('AddV2', graph.binary('Mul', erf, half), half);
  return {
    output: graph.binary('Mul', x, probability),
    backward: (gradient) => {
      const exponent = graph.binary('Mul', graph.unary('Square', x), graph.scalar(-0.5));
      const density = graph.binary('Mul', graph.unary('Exp', exponent), graph.scalar(1 / Math.sqrt(2 * Math.PI)));
      const slope = graph.binary('AddV2', probability, graph.binary('Mul', x, density));
      return graph.binary('Mul', gradient, slope);
    },
  };
};

const linear: Build = (_graph, x) => ({ output: x, backward: (gradient) => gradient });

const functions: Record<LayerOf<'activation'>['function'], Build> = {
  relu,
  relu6: fromInput('Relu6'),
  leakyRelu,
  elu,
  gelu,
  silu,
  sigmoid: fromOutput('Sigmoid'),
  tanh: fromOutput('Tanh'),
  linear,
};

export function activation(context: LayerContext, layer: LayerOf<'activation'>, inputs: Tensor[]): BuiltLayer {
  const { name: x } = onlyInput(inputs);
  const { output, backward } = functions[layer.function](context.graph, x);
  return { output, backward: (gradient) => ({ inputs: [backward(gradient)] }) };
}
