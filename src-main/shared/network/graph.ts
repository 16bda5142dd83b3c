/** The network as a directed graph: who feeds whom, in which order to compute, which layers reach the output. */
import type { Network } from './spec.ts';
import { closest } from './problem.ts';
import type { Problem } from './problem.ts';

/** What the graph functions need of a layer; `from` missing means "the layer before". */
export interface Node {
  name: string;
  from?: string[] | undefined;
}

/** The name by which layers refer to the picture that enters the network. */
export const inputName = 'input';
/** The picture's place in lists of indices. */
export const inputIndex = -1;

/**
 * For each layer, in the order of the list, the names it takes its input from: layer names, or "input".
 * [conv1, conv2, skip from [conv1, conv2]] -> [["input"], ["conv1"], ["conv1", "conv2"]]
 */
export function inputsOf(network: Network): string[][] {
  return sourcesOf(network.layers);
}

export function sourcesOf(nodes: readonly Node[]): string[][] {
  return nodes.map((node, index) => node.from ?? [nodes[index - 1]?.name ?? inputName]);
}

/**
 * Indices of the layers, every layer after those that feed it; the order of the list wherever that already holds.
 * Layers may name later ones: [b from [a], a from ["input"]] -> [1, 0].
 */
export function topologicalOrder(network: Network): number[] {
  return walk(sourceIndices(network.layers)).order;
}

/**
 * Names of the layers whose values reach the layer `of`, itself included: without it the output, the last layer of the
 * list, for which the others are computed in vain.
 */
export function layersInUse(network: Network, of = network.layers.at(-1)?.name): Set<string> {
  const index = network.layers.findIndex(({ name }) => name === of);
  return new Set([...usedIndices(network.layers, index)].map((used) => network.layers[used]?.name ?? ''));
}

/** Indices of the layers that one depends on, itself included: of the last without `of`. */
export function usedIndices(nodes: readonly Node[], of = nodes.length - 1): Set<number> {
  const sources = sourceIndices(nodes);
  const used = new Set<number>();
  const open = [of];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index === inputIndex || used.has(index)) continue;
    used.add(index);
    open.push(...(sources[index] ?? []));
  }
  return used;
}

/**
 * For each layer the indices of what feeds it, -1 for the input. Names that lead nowhere are left out, and of two layers
 * with one name the first counts.
 */
export function sourceIndices(nodes: readonly Node[]): number[][] {
  const byName = new Map([[inputName, inputIndex]]);
  nodes.forEach((node, index) => byName.has(node.name) || byName.set(node.name, index));
  return nodes.map((node, index) => node.from?.flatMap((name) => byName.get(name) ?? []) ?? [index - 1]);
}

/** Depth first without recursion (a list of layers may be long); `cycles` holds each loop that was met once. */
export function walk(sources: readonly number[][]): { order: number[]; cycles: number[][] } {
  const order: number[] = [];
  const cycles: number[][] = [];
  const state = new Map<number, 'open' | 'done'>();
  for (let start = 0; start < sources.length; start++) {
    const path: { index: number; next: number }[] = state.has(start) ? [] : [{ index: start, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      state.set(top.index, 'open');
      const source = sources[top.index]?.[top.next++];
      if (source === undefined) {
        state.set(top.index, 'done');
        order.push(top.index);
        path.pop();
      } else if (state.get(source) === 'open') {
        const indices = path.map((step) => step.index);
        cycles.push(indices.slice(indices.indexOf(source)));
      } else if (source !== inputIndex && !state.has(source)) {
        path.push({ index: source, next: 0 });
      }
    }
  }
  return { order, cycles };
}

/** What is wrong with names and connections, by the index of the layer to blame. */
export function graphProblems(nodes: readonly Node[]): Map<number, Problem> {
  const problems = new Map<number, Problem>();
  const blame = (index: number, problem: Problem): void => {
    if (!problems.has(index)) problems.set(index, problem);
  };
  const names = new Set<string>();
  nodes.forEach((node, index) => {
    if (node.name === inputName) {
      const message = `${node.name}: no layer may be named "input", which stands for the picture that enters the network`;
      blame(index, { message, hint: 'Give the layer another name.', field: 'name' });
    } else if (names.has(node.name)) {
      const message = `${node.name}: two layers have this name`;
      blame(index, { message, hint: 'Give each layer a name of its own.', field: 'name' });
    }
    names.add(node.name);
  });
  nodes.forEach((node, index) => {
    const missing = node.from?.find((name) => name !== inputName && !names.has(name));
    if (missing !== undefined) blame(index, danglingProblem(node.name, missing, names));
  });
  for (const cycle of walk(sourceIndices(nodes)).cycles) {
    for (const index of cycle) blame(index, cycleProblem(nodes, cycle, index));
  }
  return problems;
}

function danglingProblem(name: string, missing: string, names: Set<string>): Problem {
  const others = [inputName, ...names].filter((other) => other !== name);
  const meant = closest(missing, others);
  const message = `${name}: "from" names "${missing}", but there is no layer of that name`;
  return {
    message,
    hint: meant === undefined ? 'Name a layer of this network, or "input".' : `Did you mean "${meant}"?`,
    field: 'from',
  };
}

/** Layers of a loop that are named. */
const mostOfLoop = 6;

function cycleProblem(nodes: readonly Node[], cycle: number[], index: number): Problem {
  const at = cycle.indexOf(index);
  const nameAt = (step: number): string => nodes[cycle[(at + step) % cycle.length] ?? index]?.name ?? '';
  const steps = Array.from({ length: Math.min(cycle.length, mostOfLoop) }, (_, step) => nameAt(step));
  const between = cycle.length > mostOfLoop ? ['...'] : [];
  const message = `${nameAt(0)}: takes its input from itself (${[...steps, ...between, nameAt(0)].join(' from ')})`;
  return {
    message,
    hint: 'Break the loop: let one of these layers take its input from somewhere else.',
    field: 'from',
  };
}
