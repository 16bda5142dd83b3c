import type { NodeDef } from './proto.ts';

/** The node that a tensor comes from, or that is waited for. */
export const sourceOf = (tensor: string): string => tensor.replace(/^\^|:\d+$/g, '');

/** The nodes that these tensors depend on, their own included, each after those that it takes its inputs from. */
export function ancestors(nodes: readonly NodeDef[], tensors: readonly string[]): NodeDef[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const found = new Set<NodeDef>();
  const waiting = tensors.map((tensor) => ({ node: byName.get(sourceOf(tensor))!, isOpen: false }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, isOpen } = next;
    if (found.has(node)) continue;
    if (isOpen) {
      found.add(node);
      continue;
    }
    waiting.push({ node, isOpen: true });
    for (const input of node.input) waiting.push({ node: byName.get(sourceOf(input))!, isOpen: false });
  }
  return [...found];
}
