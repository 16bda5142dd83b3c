import { createRandom } from '../../shared/random.ts';
import { attr, float } from './builder.ts';
import type { GraphBuilder, TensorName } from './builder.ts';
import type { Initializer, VariableReference } from './layers/layer.ts';
import { DataType } from './proto.ts';

/**
 * weight: what training changes by gradients; statistic: the moving mean and variance of batch norm; slot: what an
 * optimizer remembers about a weight; counter: steps done.
 */
export type VariableRole = 'weight' | 'statistic' | 'slot' | 'counter';

export interface Variable {
  /** `<layer>/<field>` as in Keras; slots `<layer>/<field>/<slot>`; the counter `iterations`. */
  name: string;
  shape: number[];
  role: VariableRole;
  layer?: string;
  trainable: boolean;
}

/** Names of the nodes that set a variable from outside: feed `value`, fetch `assigned`. */
export const valueFeed = (name: string): string => `${name}/value`;
export const assigned = (name: string): string => `${name}/assigned`;

/** A graph's variables. The node with a variable's name reads it. */
export class Variables {
  readonly list: Variable[] = [];
  readonly initial = new Map<string, Float32Array>();
  readonly #graph: GraphBuilder;
  readonly #seed: number;
  readonly #references = new Map<string, VariableReference>();

  constructor(graph: GraphBuilder, seed: number) {
    this.#graph = graph;
    this.#seed = seed;
  }

  /** The variable of that name, made at its first use. What it starts with follows from the seed and its name alone. */
  get(variable: Variable, initializer: Initializer): VariableReference {
    const known = this.#references.get(variable.name);
    if (known !== undefined) return known;
    const reference = addVariable(this.#graph, variable.name, variable.shape);
    this.list.push(variable);
    this.initial.set(variable.name, initializer(variable.shape, createRandom(this.#seed, variable.name)));
    this.#references.set(variable.name, reference);
    return reference;
  }

  find(name: string): { variable: Variable; reference: VariableReference } {
    const variable = this.list.find((one) => one.name === name);
    const reference = this.#references.get(name);
    if (variable === undefined || reference === undefined) throw new Error(`There is no variable "${name}".`);
    return { variable, reference };
  }
}

/** A float variable that lives in the session, with nodes that read it and set it. */
export function addVariable(graph: GraphBuilder, name: string, shape: number[]): VariableReference {
  const handle: TensorName = graph.node(
    'VarHandleOp',
    [],
    { dtype: float, shape: attr.shape(shape), shared_name: attr.string(name), container: attr.string('') },
    { name: `${name}/handle` },
  );
  const value = graph.node('ReadVariableOp', [handle], { dtype: float }, { name });
  const feed = graph.placeholder(valueFeed(name), DataType.float, shape);
  const assign = graph.node('AssignVariableOp', [handle, feed], { dtype: float });
  graph.barrier(assigned(name), [assign]);
  return { value, handle };
}
