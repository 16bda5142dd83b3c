/**
 * A graph whose weights stay as they are: variables become constants. TensorFlow then works out once what follows from
 * them alone (the scale of the pixels and batch norm go into the kernels) and keeps kernels in the order its convolutions
 * take them in.
 */
import type { NamedTensor } from '../training/trainer.ts';
import { ancestors } from './ancestors.ts';
import { attr, constant } from './builder.ts';
import { DataType } from './proto.ts';
import type { NodeDef } from './proto.ts';

/** What `fetched` depend on, of `nodes`, with these weights in the place of the variables of their names. */
export function fixedGraph(
  nodes: readonly NodeDef[],
  weights: readonly NamedTensor[],
  fetched: readonly string[],
): NodeDef[] {
  const fixed = new Map(weights.map((weight) => [weight.name, constantOf(weight)]));
  return ancestors(
    nodes.map((node) => fixed.get(node.name) ?? node),
    fetched,
  );
}

function constantOf({ name, shape, values }: NamedTensor): NodeDef {
  const value = constant(DataType.float, values, shape);
  return { name, op: 'Const', input: [], attr: { dtype: attr.type(DataType.float), value } };
}
