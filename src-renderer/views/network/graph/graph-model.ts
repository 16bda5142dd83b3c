/** The network as the nodes and edges of the graph library, and the way its keys go from layer to layer. */
import { MarkerType, Position } from '@xyflow/svelte';
import type { Edge, Node } from '@xyflow/svelte';
import type { NetworkDescription } from '../../../../src-main/shared/network/index.ts';
import type { Draft } from '../../../../src-main/shared/network/edit.ts';
import { foldBlocks, standIns } from '../../../../src-main/shared/network/picture/fold.ts';
import type { FoldedBlock } from '../../../../src-main/shared/network/picture/fold.ts';
import { framesOf } from '../../../../src-main/shared/network/picture/frames.ts';
import type { Frame } from '../../../../src-main/shared/network/picture/frames.ts';
import { layoutOf, nodeHeight, nodeWidth } from '../../../../src-main/shared/network/picture/layout.ts';
import type { Layout, PlacedWire, Point, WireIndices } from '../../../../src-main/shared/network/picture/layout.ts';
import type { Wire } from '../../../../src-main/shared/network/wiring.ts';

/** What a node shows it reads by itself, so that figures change without the library's having to look at all nodes. */
export type FlowNode = Node<{ index: number; block?: FoldedBlock }, 'layer' | 'block'>;

export interface WireData extends Record<string, unknown> {
  points: Point[];
  /** null where it is drawn for several, into a block that is folded. */
  wire: Wire | null;
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

export const wireAt = (draft: Draft, { source, target }: WireIndices): Wire => ({
  source: nameAt(draft, source),
  target: nameAt(draft, target),
});

/** What the graph draws. */
export interface Drawn extends Layout {
  draft: Draft;
  frames: Frame[];
  /** By the index of the layer that stands for it. */
  folded: ReadonlyMap<number, FoldedBlock>;
  /** Index of the layer that this one is drawn as, mostly itself. */
  drawnAs: (index: number) => number;
}

export function drawnOf(draft: Draft, names: ReadonlySet<string>): Drawn {
  const folded = foldBlocks(draft, names);
  const hidden = standIns(folded);
  const layout = layoutOf(draft, hidden);
  const frames = framesOf(draft, layout);
  return { ...layout, draft, frames, folded, drawnAs: (index) => hidden.get(index) ?? index };
}

/** Where a connection begins and ends: the middle of an edge, so that layers out of sight need not be drawn. */
const handleSize = 12;
const handleAt = (y: number) => ({
  x: (nodeWidth - handleSize) / 2,
  y: y - handleSize / 2,
  width: handleSize,
  height: handleSize,
});

export function flowNodes(drawn: Drawn, selected: number, picked: readonly number[]): FlowNode[] {
  const current = drawn.drawnAs(selected);
  const chosen = new Set([...picked.map(drawn.drawnAs), current]);
  return drawn.nodes.map(({ index, x, y }): FlowNode => {
    const block = drawn.folded.get(index);
    return {
      id: nodeId(index),
      type: block ? 'block' : 'layer',
      position: { x, y },
      width: nodeWidth,
      height: nodeHeight,
      handles: [
        { type: 'target', position: Position.Top, ...handleAt(0) },
        { type: 'source', position: Position.Bottom, ...handleAt(nodeHeight) },
      ],
      selected: chosen.has(index),
      data: block ? { index, block } : { index },
      ariaRole: 'group',
      domAttributes: {
        // Of all layers only the one that is shown is on the way of the Tab key; arrows reach the others.
        tabIndex: index === current ? 0 : -1,
        'aria-current': chosen.has(index),
        'aria-labelledby': labelId(index),
      } as FlowNode['domAttributes'],
    };
  });
}

/** @param chosen the connection that was pressed, @param aim the one that what is dragged would go into, by id */
export const flowEdges = (drawn: Drawn, chosen: string | null, aim: string | null): WireEdge[] =>
  drawn.wires.map((wire) => ({
    id: edgeId(wire),
    type: 'wire',
    source: nodeId(wire.source),
    target: nodeId(wire.target),
    selected: edgeId(wire) === chosen,
    markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--line-strong)' },
    data: { points: wire.points, wire: editableWire(drawn.draft, wire), target: edgeId(wire) === aim },
  }));

/** The one connection that is drawn there; null where there are several. */
export function editableWire(draft: Draft, { wires: [wire, ...more] }: PlacedWire): Wire | null {
  return wire && more.length === 0 ? wireAt(draft, wire) : null;
}

export const wrongNodes = ({ problem, layers }: NetworkDescription, { drawnAs }: Drawn): string[] => [
  ...(problem?.field === undefined ? [] : [nodeId(-1)]),
  ...layers.flatMap((row, index) => (row.problem ? [nodeId(drawnAs(index))] : [])),
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

/** The connection nearest to a point of the drawing, within `reach` px, of those that a layer can be put into. */
export function nearestWire(layout: Layout, point: Point, reach = 160): PlacedWire | undefined {
  const single = layout.wires.filter(({ wires }) => wires.length === 1);
  const distances = single.map((wire) => ({ wire, distance: distanceTo(wire.points, point) }));
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
