/** The optimizers as TensorFlow's own update kernels, with Keras 3's formulas and defaults. g is the gradient. */
import type { OptimizerName } from '../../shared/run.ts';
import { attr, float } from './builder.ts';
import type { GraphBuilder, TensorName } from './builder.ts';
import { zeros } from './layers/initializers.ts';
import type { VariableReference } from './layers/layer.ts';
import type { Variable, Variables } from './variables.ts';

const momentum = 0.9;
const beta1 = 0.9;
const beta2 = 0.999;
const rho = 0.9;
const epsilon = 1e-7;

export interface OptimizerSettings {
  name: OptimizerName;
  /** Share of the learning rate by which each step shrinks the kernels; 0 leaves them alone. */
  weightDecay: number;
}

export interface WeightGradient {
  variable: Variable;
  reference: VariableReference;
  gradient: TensorName;
}

interface UpdateContext {
  graph: GraphBuilder;
  variables: Variables;
  learningRate: TensorName;
  /** The step being done, counted from 1. */
  step: TensorName;
}

/** Adds the nodes that change the weights by one step and returns them. */
export function applyGradients(
  context: UpdateContext,
  settings: OptimizerSettings,
  gradients: WeightGradient[],
): TensorName[] {
  const update = prepare(context, settings);
  return gradients.map(update);
}

/** One weight's update; the nodes in `after` run before it. */
type Update = (one: WeightGradient, after: TensorName[]) => TensorName;

function prepare(
  context: UpdateContext,
  { name, weightDecay }: OptimizerSettings,
): (one: WeightGradient) => TensorName {
  const update = updateOf(context, name);
  if (weightDecay === 0) return (one) => update(one, []);
  const { graph, learningRate } = context;
  const share = graph.binary('Mul', learningRate, graph.scalar(weightDecay));
  return (one) => update(one, decays(one.variable) ? [decay(graph, share, one)] : []);
}

function updateOf(context: UpdateContext, name: OptimizerName): Update {
  switch (name) {
    case 'sgd':
      return (one, after) => gradientDescent(context, one, after);
    case 'momentum':
      return (one, after) => heavyBall(context, false, one, after);
    case 'nesterov':
      return (one, after) => heavyBall(context, true, one, after);
    case 'rmsprop':
      return (one, after) => rmsprop(context, one, after);
    case 'adam':
    case 'adamw': {
      const powers = betaPowers(context);
      return (one, after) => adam(context, powers, one, after);
    }
  }
}

/** w -= rate g */
function gradientDescent(
  { graph, learningRate }: UpdateContext,
  { reference, gradient }: WeightGradient,
  after: TensorName[],
): TensorName {
  const inputs = [reference.handle, learningRate, gradient];
  return graph.node('ResourceApplyGradientDescent', inputs, { T: float, use_locking: attr.bool(false) }, { after });
}

/**
 * v = 0.9 v - rate g; w += v (Polyak 1964), or with Nesterov's look ahead w += 0.9 v - rate g, v being the new one
 * (Sutskever et al. 2013).
 */
function heavyBall(
  context: UpdateContext,
  nesterov: boolean,
  { variable, reference, gradient }: WeightGradient,
  after: TensorName[],
): TensorName {
  const velocity = slot(context.variables, variable, 'momentum');
  const { graph, learningRate } = context;
  const inputs = [reference.handle, velocity, learningRate, gradient, graph.scalar(momentum)];
  const flags = { use_locking: attr.bool(false), use_nesterov: attr.bool(nesterov) };
  return graph.node('ResourceApplyKerasMomentum', inputs, { T: float, ...flags }, { after });
}

/** v = 0.9 v + 0.1 g^2; w -= rate g / sqrt(v + epsilon)   (Tieleman and Hinton 2012; epsilon inside, as in Keras 3) */
function rmsprop(
  { graph, variables, learningRate }: UpdateContext,
  { variable, reference, gradient }: WeightGradient,
  after: TensorName[],
): TensorName {
  // With no momentum the kernel's second slot only holds the last change.
  const slots = [slot(variables, variable, 'velocity'), slot(variables, variable, 'momentum')];
  const constants = [rho, 0, epsilon].map((value) => graph.scalar(value));
  const inputs = [reference.handle, ...slots, learningRate, ...constants, gradient];
  return graph.node('ResourceApplyRMSProp', inputs, { T: float, use_locking: attr.bool(false) }, { after });
}

function betaPowers({ graph, step }: UpdateContext): [TensorName, TensorName] {
  return [graph.binary('Pow', graph.scalar(beta1), step), graph.binary('Pow', graph.scalar(beta2), step)];
}

/**
 * m += (1 - beta1) (g - m); v += (1 - beta2) (g^2 - v);
 * w -= rate sqrt(1 - beta2^step) / (1 - beta1^step) m / (sqrt(v) + epsilon)   (Kingma and Ba 2014, end of section 2)
 * The first step with g = 2 and rate 0.1 moves w by 0.1: m = 0.2, v = 0.004, sqrt(0.001) / 0.1 x 0.2 / sqrt(0.004) = 1.
 */
function adam(
  context: UpdateContext,
  powers: [TensorName, TensorName],
  { variable, reference, gradient }: WeightGradient,
  after: TensorName[],
): TensorName {
  const { graph, variables, learningRate } = context;
  const slots = [slot(variables, variable, 'momentum'), slot(variables, variable, 'velocity')];
  const constants = [beta1, beta2, epsilon].map((value) => graph.scalar(value));
  const inputs = [reference.handle, ...slots, ...powers, learningRate, ...constants, gradient];
  const flags = { use_locking: attr.bool(false), use_nesterov: attr.bool(false) };
  return graph.node('ResourceApplyAdam', inputs, { T: float, ...flags }, { after });
}

/** Weight decay is for kernels: biases and batch norm's gamma and beta are left alone. */
function decays({ name }: Variable): boolean {
  return /kernel$/i.test(name);
}

/** w -= rate decay w, before the gradient's step (Loshchilov and Hutter 2017; Keras 3's order). */
function decay(graph: GraphBuilder, share: TensorName, { reference }: WeightGradient): TensorName {
  const change = graph.binary('Mul', reference.value, share);
  return graph.node('AssignSubVariableOp', [reference.handle, change], { dtype: float });
}

function slot(variables: Variables, { name, shape, layer }: Variable, kind: 'momentum' | 'velocity'): TensorName {
  return variables.get({ name: `${name}/${kind}`, shape, role: 'slot', layer, trainable: false }, zeros).handle;
}
