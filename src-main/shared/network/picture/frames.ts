/** The frames that are drawn round the blocks of a network. */
import { blocksOf } from '../blocks.ts';
import type { Draft } from '../edit.ts';
import { nodeHeight, nodeWidth } from './layout.ts';
import type { Layout, Point } from './layout.ts';

/** Of the strip above a block's layers that holds its name, px. */
export const frameTitle = 14;
/** Between a block's layers and its frame, px. Frames inside others are this much tighter a level. */
const room = 8;
const tighter = 3;

/** `x` and `y` are of the upper left corner; the title's strip is the frame's uppermost part. */
export interface Frame extends Point {
  block: string;
  /** How many frames are around this one. */
  depth: number;
  width: number;
  height: number;
  /** Indices of its layers. */
  layers: readonly number[];
}

/** One frame a block, outer ones first, round its layers and the connections between them; none where only one is drawn. */
export function framesOf(draft: Draft, layout: Layout): Frame[] {
  const blocks = blocksOf(draft);
  return [...blocks].flatMap(([block, layers]) => {
    const members = new Set(layers);
    const corners = layout.nodes.filter(({ index }) => members.has(index));
    if (corners.length < 2) return [];
    const inside = layout.wires.filter(({ source, target }) => members.has(source) && members.has(target));
    const points = [
      ...corners.flatMap(({ x, y }) => [
        { x, y },
        { x: x + nodeWidth, y: y + nodeHeight },
      ]),
      ...inside.flatMap((wire) => wire.points),
    ];
    const depth = [...blocks.keys()].filter((outer) => block.startsWith(`${outer}.`)).length;
    const gap = Math.max(room - depth * tighter, 1);
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const [x, y] = [Math.min(...xs) - gap, Math.min(...ys) - gap - frameTitle];
    const [right, bottom] = [Math.max(...xs) + gap, Math.max(...ys) + gap];
    return [{ block, depth, x, y, width: right - x, height: bottom - y, layers }];
  });
}
