/** Where the layers of a network stand as a graph, top to bottom. */
import { Graph, layout } from '@dagrejs/dagre';
import { sourcesOf } from '../edit.ts';
import type { Draft } from '../edit.ts';
import { inputIndex, inputName } from '../graph.ts';

export const nodeWidth = 200;
export const nodeHeight = 58;
/** Between two layers, one above the other and side by side, px. */
const gapBelow = 34;
const gapBeside = 32;
const pitch = nodeHeight + gapBelow;

export interface Point {
  x: number;
  y: number;
}
export interface PlacedLayer extends Point {
  /** -1 is the input. `x` and `y` are of its upper left corner. */
  index: number;
}
/** A connection as the indices of its layers; -1 is the input. */
export interface WireIndices {
  source: number;
  target: number;
}
export interface PlacedWire extends WireIndices {
  /** The connections it is drawn for: itself, or those of the layers that are drawn as these two. */
  wires: readonly WireIndices[];
  /** From the middle of the source's lower edge to the middle of the target's upper edge. */
  points: Point[];
}
export interface Layout {
  nodes: PlacedLayer[];
  wires: PlacedWire[];
  width: number;
  height: number;
}

/** Connections as pairs of indices; names that lead nowhere are left out, and of two layers with one name the first counts. */
export function wireIndices(draft: Draft): WireIndices[] {
  const byName = new Map([[inputName, inputIndex]]);
  draft.layers.forEach(({ name }, index) => byName.has(name) || byName.set(name, index));
  return draft.layers.flatMap((layer, target) => {
    const named = layer.from === undefined ? [target - 1] : sourcesOf(draft, target).map((name) => byName.get(name));
    return [...new Set(named)].flatMap((source) => (source === undefined ? [] : [{ source, target }]));
  });
}

/** Connections between what is drawn; those within what is drawn as one are left out. */
function drawnWires(draft: Draft, drawnAs: ReadonlyMap<number, number>): Omit<PlacedWire, 'points'>[] {
  const drawn = new Map<string, WireIndices & { wires: WireIndices[] }>();
  for (const wire of wireIndices(draft)) {
    const [source, target] = [drawnAs.get(wire.source) ?? wire.source, drawnAs.get(wire.target) ?? wire.target];
    if (source === target && wire.source !== wire.target) continue;
    const known = drawn.get(`${source}-${target}`);
    if (known) known.wires.push(wire);
    else drawn.set(`${source}-${target}`, { source, target, wires: [wire] });
  }
  return [...drawn.values()];
}

/**
 * The tidy layout. Layers in a row, each with one input and one user, are laid out as one long node: that keeps them
 * below each other, and a network of 200 layers quick to lay out.
 * @param drawnAs layers that others are drawn as, by index
 */
export function layoutOf(draft: Draft, drawnAs: ReadonlyMap<number, number> = new Map()): Layout {
  const wires = drawnWires(draft, drawnAs);
  const drawn = draft.layers.flatMap((_, index) => ((drawnAs.get(index) ?? index) === index ? [index] : []));
  const { rows, rowOf } = rowsOf([-1, ...drawn], wires);
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: gapBeside, ranksep: gapBelow, edgesep: gapBeside });
  graph.setDefaultEdgeLabel(() => ({}));
  rows.forEach((row, at) => graph.setNode(String(at), { width: nodeWidth, height: row.length * pitch - gapBelow }));
  const isAcross = ({ source, target }: WireIndices): boolean => rowOf.get(source) !== rowOf.get(target);
  for (const { source, target } of wires.filter(isAcross))
    graph.setEdge(String(rowOf.get(source)), String(rowOf.get(target)));
  layout(graph);

  const corners = new Map<number, Point>();
  rows.forEach((row, at) => {
    const { x, y, height } = graph.node(String(at)) as Point & { height: number };
    row.forEach((index, place) => corners.set(index, { x: x - nodeWidth / 2, y: y - height / 2 + place * pitch }));
  });
  const placed = wires.map((wire): PlacedWire => {
    const { source, target } = wire;
    const bends = isAcross(wire)
      ? (graph.edge(String(rowOf.get(source)), String(rowOf.get(target))) as { points: Point[] }).points.slice(1, -1)
      : [];
    return { ...wire, points: pathOf(corners.get(source)!, corners.get(target)!, bends) };
  });
  const right = Math.max(...[...corners.values(), ...placed.flatMap(({ points }) => points)].map(({ x }) => x));
  const bottom = Math.max(...[...corners.values()].map(({ y }) => y + nodeHeight));
  const nodes = [...corners].map(([index, corner]) => ({ index, ...corner }));
  return { nodes, wires: placed, width: Math.max(right, ...nodes.map(({ x }) => x + nodeWidth)), height: bottom };
}

/** Layers that follow one another without a branch, as lists of indices in that order; the input is one of them. */
function rowsOf(all: readonly number[], wires: readonly WireIndices[]) {
  const inputs = new Map<number, number[]>();
  const users = new Map<number, number[]>();
  for (const { source, target } of wires) {
    inputs.set(target, [...(inputs.get(target) ?? []), source]);
    users.set(source, [...(users.get(source) ?? []), target]);
  }
  /** The layer that stands right above, in the same row. */
  const above = (index: number): number | undefined => {
    const [source, ...more] = inputs.get(index) ?? [];
    return source !== undefined && more.length === 0 && users.get(source)?.length === 1 ? source : undefined;
  };
  const rows: number[][] = [];
  const rowOf = new Map<number, number>();
  const begin = (first: number): void => {
    const row: number[] = [];
    for (let index: number | undefined = first; index !== undefined && !rowOf.has(index);) {
      row.push(index);
      rowOf.set(index, rows.length);
      const [user]: number[] = users.get(index) ?? [];
      index = user !== undefined && above(user) === index ? user : undefined;
    }
    rows.push(row);
  };
  for (const index of all) if (above(index) === undefined) begin(index);
  // What is left goes round in a loop.
  for (const index of all) if (!rowOf.has(index)) begin(index);
  return { rows, rowOf };
}

/** Down from one layer to another by way of the bends; round the side where the target stands above. */
function pathOf(source: Point, target: Point, bends: readonly Point[]): Point[] {
  const start = { x: source.x + nodeWidth / 2, y: source.y + nodeHeight };
  const end = { x: target.x + nodeWidth / 2, y: target.y };
  if (end.y >= start.y) return [start, ...bends, end];
  const side = Math.max(source.x, target.x) + nodeWidth + gapBeside / 2;
  const room = gapBelow / 2;
  return [
    start,
    { x: start.x, y: start.y + room },
    { x: side, y: start.y + room },
    { x: side, y: end.y - room },
    { x: end.x, y: end.y - room },
    end,
  ];
}

/** A path through the points as SVG, its corners rounded. */
export function svgPath(points: readonly Point[], radius = 10): string {
  const [first, ...rest] = points;
  if (!first) return '';
  return rest.reduce(
    (path, point, index) => {
      const before = points[index]!;
      const after = rest[index + 1];
      if (!after) return `${path} L${round(point.x)} ${round(point.y)}`;
      const enter = towards(point, before, radius);
      const leave = towards(point, after, radius);
      return `${path} L${round(enter.x)} ${round(enter.y)} Q${round(point.x)} ${round(point.y)} ${round(leave.x)} ${round(leave.y)}`;
    },
    `M${round(first.x)} ${round(first.y)}`,
  );
}

/** The point that far from `from` on the way to `to`, at most half way. */
function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return between(from, to, length === 0 ? 0 : Math.min(distance / length, 0.5));
}

const between = (from: Point, to: Point, share: number): Point => ({
  x: from.x + (to.x - from.x) * share,
  y: from.y + (to.y - from.y) * share,
});

const round = (value: number): number => Math.round(value * 10) / 10;

/** The middle of the path, along its length. */
export function middleOf(points: readonly Point[]): Point {
  const lengths = points
    .slice(1)
    .map((point, index) => Math.hypot(point.x - points[index]!.x, point.y - points[index]!.y));
  let rest = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [index, length] of lengths.entries()) {
    if (rest <= length) return between(points[index]!, points[index + 1]!, length === 0 ? 0 : rest / length);
    rest -= length;
  }
  return points[0] ?? { x: 0, y: 0 };
}
