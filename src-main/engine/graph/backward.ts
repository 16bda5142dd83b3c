/** Back-propagation through the layers of a pass. */
import { inputName } from '../../shared/network/graph.ts';
import type { Layer, Shape } from '../../shared/network/spec.ts';
import type { GraphBuilder, TensorName } from './builder.ts';
import type { BuiltLayer, LayerGradients } from './layers/layer.ts';
import type { WeightGradient } from './optimizers.ts';
import type { Variables } from './variables.ts';

export interface BackwardWalk {
  graph: GraphBuilder;
  variables: Variables;
  /** From the first layer to the last, each with what it takes its inputs from. */
  order: readonly { layer: Layer; from: string[] }[];
  /** By layer name. */
  layers: ReadonlyMap<string, BuiltLayer>;
  /** By layer name, and of the image. */
  shapes: ReadonlyMap<string, Shape>;
  /** Stands before the gradients' names. With one, the gradients on the way may be fed. */
  prefix: string;
}

/**
 * Walks the layers that any gradient arrives at, first at those of `arriving`, from the last to the first, adding up the
 * gradients of each one's users. They can be fetched as `<prefix><layer>/output/gradient`,
 * `<prefix><layer>/inputs/<n>/gradient` and, by a variable's name, `<prefix><variable>/gradient`; the walk begins at a
 * layer in the middle where `<prefix><layer>/output/arriving` is fed.
 */
export function backward(
  walk: BackwardWalk,
  arriving: Map<string, TensorName[]>,
): { gradients: WeightGradient[]; updates: TensorName[] } {
  const gradients: WeightGradient[] = [];
  const updates: TensorName[] = [];
  for (const { layer, from } of walk.order.toReversed()) {
    if (!arriving.has(layer.name)) continue;
    const built = walk.layers.get(layer.name) as BuiltLayer;
    const layerGradients = built.backward(outputGradient(walk, layer.name, arriving));
    from.forEach((name, i) => {
      const gradient = layerGradients.inputs[i] as TensorName;
      const named = namedGradient(walk, gradient, `${layer.name}/inputs/${i}/gradient`, walk.shapes.get(name)!);
      arriving.set(name, [...(arriving.get(name) ?? []), named]);
    });
    gradients.push(...weightGradients(walk, layer, layerGradients));
    updates.push(...(built.updates ?? []));
  }
  outputGradient(walk, inputName, arriving);
  return { gradients, updates };
}

function outputGradient(walk: BackwardWalk, name: string, arriving: ReadonlyMap<string, TensorName[]>): TensorName {
  const sum = walk.graph.sum(arriving.get(name) as TensorName[]);
  const total = namedGradient(walk, sum, `${name}/output/arriving`, walk.shapes.get(name)!);
  return walk.graph.identity(total, `${walk.prefix}${name}/output/gradient`);
}

/** One that may be fed in its place is no Identity: TensorFlow's graph rewriter looks through those, to what was computed. */
function namedGradient({ graph, prefix }: BackwardWalk, x: TensorName, name: string, shape: Shape): TensorName {
  if (prefix === '') return graph.identity(x, name);
  return graph.placeholderWithDefault(x, [-1, ...shape], `${prefix}${name}`);
}

function weightGradients(
  { graph, variables, prefix }: BackwardWalk,
  layer: Layer,
  { variables: own = {} }: LayerGradients,
): WeightGradient[] {
  return Object.entries(own).map(([field, gradient]) => {
    const name = `${layer.name}/${field}`;
    graph.identity(gradient, `${prefix}${name}/gradient`);
    return { ...variables.find(name), gradient };
  });
}
