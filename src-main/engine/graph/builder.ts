/**
 * Builds a TensorFlow graph node by node. A tensor is known by its name: "node" for a node's first output, "node:1" for
 * its second. Nodes that nobody needs to find get a numbered name under the current scope.
 */
import { DataType } from './proto.ts';
import type { AttrValue, NodeDef } from './proto.ts';

export type TensorName = string;

export interface NodeOptions {
  /** The node's full name; without it, the scope and a number. */
  name?: string;
  /** Nodes that must have run before. */
  after?: string[];
}

export const attr = {
  int: (i: number): AttrValue => ({ i }),
  ints: (i: number[]): AttrValue => ({ list: { i } }),
  float: (f: number): AttrValue => ({ f }),
  bool: (b: boolean): AttrValue => ({ b }),
  string: (s: string): AttrValue => ({ s: new TextEncoder().encode(s) }),
  type: (type: DataType): AttrValue => ({ type }),
  /** -1 stands for a dimension known only when the graph runs. */
  shape: (shape: number[]): AttrValue => ({ shape: { dim: shape.map((size) => ({ size })) } }),
};

export const float = attr.type(DataType.float);
export const int32 = attr.type(DataType.int32);

export class GraphBuilder {
  readonly nodes: NodeDef[] = [];
  readonly #names = new Set<string>();
  readonly #constants = new Map<string, TensorName>();

  /** Adds a node and returns the name of its first output. */
  node(op: string, input: string[], attributes: Record<string, AttrValue>, options: NodeOptions = {}): TensorName {
    const name = options.name ?? `.nodes/${op}_${this.nodes.length}`;
    if (this.#names.has(name)) throw new Error(`The graph already has a node called "${name}".`);
    this.#names.add(name);
    const after = (options.after ?? []).map((node) => `^${node}`);
    this.nodes.push({ name, op, input: [...input, ...after], attr: attributes });
    return name;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Gives a tensor a plain name, by which it can be fetched. */
  identity(x: TensorName, name?: string): TensorName {
    return this.node('Identity', [x], { T: float }, { name });
  }

  placeholder(name: string, dtype: DataType, shape: number[]): TensorName {
    return this.node('Placeholder', [], { dtype: attr.type(dtype), shape: attr.shape(shape) }, { name });
  }

  /** `x`, unless something else is fed in its place. */
  placeholderWithDefault(x: TensorName, shape: number[], name: string): TensorName {
    return this.node('PlaceholderWithDefault', [x], { dtype: float, shape: attr.shape(shape) }, { name });
  }

  floats(values: number[], shape: number[]): TensorName {
    return this.#constant(DataType.float, new Float32Array(values), shape);
  }

  ints(values: number[], shape = [values.length]): TensorName {
    return this.#constant(DataType.int32, new Int32Array(values), shape);
  }

  /** A constant of many numbers: it is not looked for among those that are there already. */
  largeConstant(values: Float32Array, shape: number[]): TensorName {
    return this.node('Const', [], { dtype: float, value: constant(DataType.float, values, shape) });
  }

  scalar(value: number): TensorName {
    return this.floats([value], []);
  }

  /** The same constant asked for twice is one node. */
  #constant(dtype: DataType, values: Float32Array | Int32Array, shape: number[]): TensorName {
    const key = `${dtype}:${shape.join('x')}:${values.join(',')}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const value = constant(dtype, values, shape);
    const name = this.node('Const', [], { dtype: attr.type(dtype), value });
    this.#constants.set(key, name);
    return name;
  }

  /** Makes a node that is there already wait for another. */
  runAfter(name: string, after: string): void {
    this.nodes.find((node) => node.name === name)!.input.push(`^${after}`);
  }

  /** A scalar that can be fetched once all these nodes have run: how nodes without outputs are executed. */
  barrier(name: string, after: string[]): TensorName {
    const tensor = { dtype: DataType.int32, tensor_shape: { dim: [] }, tensor_content: new Uint8Array(4) };
    return this.node('Const', [], { dtype: int32, value: { tensor } }, { name, after });
  }

  unary(op: string, x: TensorName, name?: string): TensorName {
    return this.node(op, [x], { T: float }, { name });
  }

  /** Elementwise with broadcasting: Add (as AddV2), Sub, Mul, RealDiv, Pow, ... */
  binary(op: string, x: TensorName, y: TensorName, name?: string): TensorName {
    return this.node(op, [x, y], { T: float }, { name });
  }

  sum(terms: TensorName[], name?: string): TensorName {
    const [only, ...more] = terms as [TensorName, ...TensorName[]];
    if (more.length === 0) return name === undefined ? only : this.identity(only, name);
    return this.node('AddN', terms, { T: float, N: attr.int(terms.length) }, { name });
  }

  /** The shape of a tensor as it is when the graph runs, int32. */
  shapeOf(x: TensorName): TensorName {
    return this.node('Shape', [x], { T: float, out_type: int32 });
  }

  /** -1 in one place takes what is left. */
  reshape(x: TensorName, shape: number[], name?: string): TensorName {
    return this.node('Reshape', [x, this.ints(shape)], { T: float, Tshape: int32 }, { name });
  }

  cast(x: TensorName, from: DataType, to: DataType): TensorName {
    return this.node('Cast', [x], { SrcT: attr.type(from), DstT: attr.type(to), Truncate: attr.bool(false) });
  }

  matMul(x: TensorName, y: TensorName, transpose: { x?: boolean; y?: boolean } = {}, name?: string): TensorName {
    const transposes = { transpose_a: attr.bool(transpose.x ?? false), transpose_b: attr.bool(transpose.y ?? false) };
    return this.node('MatMul', [x, y], { T: float, ...transposes }, { name });
  }

  biasAdd(x: TensorName, bias: TensorName, name?: string): TensorName {
    return this.node('BiasAdd', [x, bias], { T: float, data_format: attr.string('NHWC') }, { name });
  }

  biasAddGradient(gradient: TensorName, name?: string): TensorName {
    return this.node('BiasAddGrad', [gradient], { T: float, data_format: attr.string('NHWC') }, { name });
  }

  sumOver(x: TensorName, axes: number[], name?: string): TensorName {
    return this.node('Sum', [x, this.ints(axes)], { T: float, Tidx: int32, keep_dims: attr.bool(false) }, { name });
  }
}

/** The value of a constant. */
export function constant(dtype: DataType, values: Float32Array | Int32Array, shape: number[]): AttrValue {
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { tensor: { dtype, tensor_shape: { dim: shape.map((size) => ({ size })) }, tensor_content: content } };
}
