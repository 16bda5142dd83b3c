/**
 * A graph whose weights stay as they are: variables become constants. TensorFlow then works out once what follows from
 * them alone (the scale of the pixels and batch norm go into the kernels) and keeps kernels in the order its convolutions
 * take them in.
 */
import type { NamedTensor } from '../training/trainer.ts';
import { attr, constant } from './builder.ts';
import { DataType } from './proto.ts';
import type { NodeDef } from './proto.ts';

/** What `fetched` depends on, of `nodes`, with these weights in the place of the variables of their names. */
export function fixedGraph(nodes: readonly NodeDef[], weights: readonly NamedTensor[], fetched: string): NodeDef[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  for (const { name, shape, values } of weights) {
    const value = constant(DataType.float, values, shape);
    byName.set(name, { name, op: 'Const', input: [], attr: { dtype: attr.type(DataType.float), value } });
  }
  const needed = new Set<NodeDef>();
  const waiting = [fetched];
  for (let tensor = waiting.pop(); tensor !== undefined; tensor = waiting.pop()) {
    const node = byName.get(tensor.replace(/^\^|:\d+$/g, ''))!;
    if (needed.has(node)) continue;
    needed.add(node);
    waiting.push(...node.input);
  }
  return [...needed];
}
