/**
 * A batch taken through a graph in parts, each by one thread (see one-thread-a-kernel.ts): what is computed of the images
 * is there once for each part, on the same weights.
 */
import { batchParts } from '../tensorflow.ts';
import { ancestors, sourceOf } from './ancestors.ts';
import type { NodeDef } from './proto.ts';
import type { Feed, Session } from './session.ts';

/** A graph's images, uint8 [batch, ...], and what is wanted of them, float32 [batch, ...]. */
export interface Ends {
  images: string;
  result: string;
}

const ofPart = (name: string, part: number): string => (part === 0 ? name : `.parts/${part}/${name}`);

/** The names of a part's ends. */
const endsOf = ({ images, result }: Ends, part: number): Ends => ({
  images: ofPart(images, part),
  result: ofPart(result, part),
});

/** The results of all parts, by which they can be fetched. */
export const resultsOf = (ends: Ends): string[] =>
  Array.from({ length: batchParts }, (_, part) => endsOf(ends, part).result);

/** `nodes`, and for each part but the first a copy of those that lie between the two ends. */
export function inParts(nodes: readonly NodeDef[], { images, result }: Ends): NodeDef[] {
  const copied = new Set([images]);
  const between: NodeDef[] = [];
  for (const node of ancestors(nodes, [result])) {
    if (node.name !== images && !node.input.some((tensor) => copied.has(sourceOf(tensor)))) continue;
    copied.add(node.name);
    between.push(node);
  }
  const copyOf = (node: NodeDef, part: number): NodeDef => ({
    ...node,
    name: ofPart(node.name, part),
    input: node.input.map((tensor) => (copied.has(sourceOf(tensor)) ? partOf(tensor, part) : tensor)),
  });
  const more = Array.from({ length: batchParts - 1 }, (_, at) => between.map((node) => copyOf(node, at + 1)));
  return [...nodes, ...more.flat()];
}

const partOf = (tensor: string, part: number): string =>
  tensor.startsWith('^') ? `^${ofPart(tensor.slice(1), part)}` : ofPart(tensor, part);

/** What the graph of `inParts` makes of a batch, row by row. */
export function runInParts(session: Session, ends: Ends, { shape, values }: Feed): Float32Array {
  const [batch, ...image] = shape as [number, ...number[]];
  const size = values.length / batch;
  const used = Math.min(batchParts, batch);
  const start = (part: number): number => Math.floor((part * batch) / used);
  const feeds: Record<string, Feed> = {};
  const fetches: string[] = [];
  for (let part = 0; part < used; part++) {
    const { images, result } = endsOf(ends, part);
    const [from, to] = [start(part), start(part + 1)];
    feeds[images] = { shape: [to - from, ...image], values: values.subarray(from * size, to * size) };
    fetches.push(result);
  }
  const results = session.run(feeds, fetches).map(({ values: rows }) => rows as Float32Array);
  return results.length === 1 ? results[0]! : joined(results);
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}
