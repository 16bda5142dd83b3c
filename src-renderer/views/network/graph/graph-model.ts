/** The network as the nodes and edges of the graph library, and the way its keys go from layer to layer. */
import type { Edge, Node } from '@xyflow/svelte';
import type { NetworkDescription } from '../../../../src-main/shared/network/index.ts';
import type { Draft } from '../../../../src-main/shared/network/edit.ts';
import { nodeHeight, nodeWidth } from '../../../../src-main/shared/network/picture/layout.ts';
import type { Layout, PlacedWire, Point } from '../../../../src-main/shared/network/picture/layout.ts';
import type { Wire } from '../../../../src-main/shared/network/wiring.ts';

/** What a node shows it reads by itself, so that figures change without the library's having to look at all nodes. */
export type LayerNode = Node<{ index: number }, 'layer'>;

export interface WireData extends Record<string, unknown> {
  points: Point[];
  wire: Wire;
  /** What is dragged would be put here. */
  target: boolean;
}
export type WireEdge = Edge<WireData, 'wire'>;

/** Ids by index, so that the library's elements stay in place while a name is typed. */
export const nodeId = (index: number): string => (index < 0 ? 'input' : `layer-${index}`);
export const indexOfNode = (id: string): number => (id === 'input' ? -1 : Number(id.slice('layer-'.length)));
/** Of the text that names a node to a screen reader. */
export const labelId = (index: number): string => `${nodeId(index)}-label`;
export const edgeId = ({ source, target }: PlacedWire): string => `${source}-${target}`;

const nameAt = (draft: Draft, index: number): string => draft.layers[index]?.name ?? 'input';

export const wireAt = (draft: Draft, { source, target }: PlacedWire): Wire => ({
  source: nameAt(draft, source),
  target: nameAt(draft, target),
});

export const wrongNodes = ({ problem, layers }: NetworkDescription): string[] => [
  ...(problem?.field === undefined ? [] : [nodeId(-1)]),
  ...layers.flatMap((row, index) => (row.problem ? [nodeId(index)] : [])),
];

/** The layer an arrow key goes to; undefined where there is none. */
export function neighbour(layout: Layout, index: number, key: string): number | undefined {
  if (key === 'ArrowDown')
    return leftmost(
      layout,
      layout.wires.filter(({ source }) => source === index).map(({ target }) => target),
    );
  if (key === 'ArrowUp')
    return leftmost(
      layout,
      layout.wires.filter(({ target }) => target === index).map(({ source }) => source),
    );
  const here = layout.nodes.find((node) => node.index === index);
  if (!here) return undefined;
  const side = key === 'ArrowRight' ? 1 : -1;
  const beside = layout.nodes
    .filter(({ x, y }) => (x - here.x) * side > nodeWidth / 2 && Math.abs(y - here.y) < 8 * nodeHeight)
    .map(({ index: other, x, y }) => ({ other, distance: Math.abs(x - here.x) + 2 * Math.abs(y - here.y) }));
  return beside.sort((a, b) => a.distance - b.distance)[0]?.other;
}

/** Of several the leftmost goes first; Left and Right reach the others. */
function leftmost(layout: Layout, indices: readonly number[]): number | undefined {
  const places = new Map(layout.nodes.map((node) => [node.index, node]));
  return [...indices].sort((a, b) => (places.get(a)?.x ?? 0) - (places.get(b)?.x ?? 0))[0];
}

/** The connection nearest to a point of the drawing, within `reach` px. */
export function nearestWire(layout: Layout, point: Point, reach = 160): PlacedWire | undefined {
  const distances = layout.wires.map((wire) => ({ wire, distance: distanceTo(wire.points, point) }));
  const best = distances.sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= reach ? best.wire : undefined;
}

function distanceTo(points: readonly Point[], { x, y }: Point): number {
  return Math.min(
    ...points.slice(1).map((end, index) => {
      const start = points[index]!;
      const [dx, dy] = [end.x - start.x, end.y - start.y];
      const length = dx * dx + dy * dy;
      const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - start.x) * dx + (y - start.y) * dy) / length));
      return Math.hypot(x - start.x - along * dx, y - start.y - along * dy);
    }),
  );
}

/** The layer that covers the point. */
export const nodeAt = (layout: Layout, { x, y }: Point): number | undefined =>
  layout.nodes.find((node) => x >= node.x && x <= node.x + nodeWidth && y >= node.y && y <= node.y + nodeHeight)?.index;
