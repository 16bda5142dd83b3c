import { describe, expect, test } from 'vitest';
import { describeDraft, presetNames, presets } from '../../../src-main/shared/network/index.ts';
import { toDraft, type Draft } from '../../../src-main/shared/network/edit.ts';
import { blocksOf } from '../../../src-main/shared/network/blocks.ts';
import { foldBlocks, standIns } from '../../../src-main/shared/network/picture/fold.ts';
import { framesOf } from '../../../src-main/shared/network/picture/frames.ts';
import { layoutOf, middleOf, nodeHeight, nodeWidth, svgPath } from '../../../src-main/shared/network/picture/layout.ts';
import { graphSvg } from '../../../src-main/shared/network/picture/svg.ts';
import { tableCsv, tableMarkdown } from '../../../src-main/shared/network/picture/table.ts';
import { connect, wiresOf } from '../../../src-main/shared/network/wiring.ts';

const draftOf = (name: string): Draft => toDraft(structuredClone(presets[name]))!;

describe('the layout', () => {
  test.each(presetNames)(
    '%s: no layer over another, every connection drawn from the lower to the upper edge',
    (name) => {
      const draft = draftOf(name);
      const { nodes, wires } = layoutOf(draft);
      expect(nodes).toHaveLength(draft.layers.length + 1);
      for (const [at, a] of nodes.entries()) {
        for (const b of nodes.slice(at + 1)) {
          const apart = Math.abs(a.x - b.x) >= nodeWidth || Math.abs(a.y - b.y) >= nodeHeight;
          expect(apart, `${a.index} and ${b.index}`).toBe(true);
        }
      }
      expect(wires).toHaveLength(wiresOf(draft).length);
      const placed = new Map(nodes.map((node) => [node.index, node]));
      for (const { source, target, points } of wires) {
        const [from, to] = [placed.get(source)!, placed.get(target)!];
        expect(to.y).toBeGreaterThanOrEqual(from.y + nodeHeight);
        expect(points[0]).toEqual({ x: from.x + nodeWidth / 2, y: from.y + nodeHeight });
        expect(points.at(-1)).toEqual({ x: to.x + nodeWidth / 2, y: to.y });
        for (const point of points.slice(1, -1)) {
          const crossed = nodes.find(
            ({ x, y }) => point.x > x && point.x < x + nodeWidth && point.y > y && point.y < y + nodeHeight,
          );
          expect(crossed).toBeUndefined();
        }
      }
    },
  );

  test('layers that go round in a circle, or have no input, are laid out too', () => {
    const lenet = draftOf('lenet-5');
    const circle = connect(lenet, { source: 'conv2', target: 'conv1' });
    expect(layoutOf(circle).nodes).toHaveLength(lenet.layers.length + 1);
    expect(layoutOf({ ...lenet, layers: [{ name: 'a', kind: 'flatten', from: ['nowhere'] }] }).wires).toEqual([]);
    expect(layoutOf({ ...lenet, layers: [] }).nodes).toEqual([{ index: -1, x: 0, y: 0 }]);
  });

  test('the middle of a path lies half its length along, and its corners are rounded', () => {
    const corner = [
      { x: 0, y: 0 },
      { x: 0, y: 30 },
      { x: 50, y: 30 },
    ];
    expect(middleOf(corner)).toEqual({ x: 10, y: 30 });
    expect(svgPath(corner)).toBe('M0 0 L0 20 Q0 30 10 30 L50 30');
  });
});

describe('folded blocks', () => {
  const folded = (draft: Draft, ...names: string[]) => {
    const blocks = foldBlocks(draft, new Set(names));
    return { blocks, ...layoutOf(draft, standIns(blocks)) };
  };

  test('a block is drawn as its last layer; connections within it are gone, those into it are one', () => {
    const draft = draftOf('resnet-18');
    const nameAt = (index: number) => draft.layers[index]?.name;
    const { blocks, nodes, wires } = folded(draft, 'block1-1', 'block2-1', 'nothing');
    const [first, second] = [...blocks];
    expect(first![1].layers.map(nameAt)).toEqual(
      draft.layers.map(({ name }) => name).filter((name) => name.startsWith('block1-1')),
    );
    expect([first!, second!].map(([index]) => nameAt(index))).toEqual(['block1-1', 'block2-1']);
    const hidden = [...blocks.values()].reduce((sum, { layers }) => sum + layers.length - 1, 0);
    expect(nodes).toHaveLength(draft.layers.length + 1 - hidden);
    const into = wires.filter(({ target }) => target === second![0]);
    expect(into.map(({ source }) => nameAt(source))).toEqual(['block1-2']);
    expect(into[0]!.wires.map(({ target }) => nameAt(target)).sort()).toEqual(['block2-1.conv1', 'block2-1.shortcut']);
  });

  test.each(['resnet-18', 'resnet-50', 'mobilenet-v2'])('%s with all blocks folded is one chain', (name) => {
    const draft = draftOf(name);
    const { nodes, wires } = folded(draft, ...blocksOf(draft).keys());
    const byHeight = nodes.toSorted((a, b) => a.y - b.y).map(({ index }) => index);
    expect(wires.map(({ source, target }) => [source, target])).toEqual(
      byHeight.slice(1).map((target, at) => [byHeight[at], target]),
    );
    expect(framesOf(draft, layoutOf(draft, standIns(foldBlocks(draft, new Set(blocksOf(draft).keys())))))).toEqual([]);
  });

  test('of a block within a block the outer one is drawn', () => {
    const relu = (name: string) => ({ name, kind: 'activation' as const, function: 'relu' });
    const draft = { input: { size: 8, channels: 1 }, layers: ['a.b.x', 'a.b.y', 'a.z', 'c'].map(relu) };
    expect([...folded(draft, 'a', 'a.b').blocks]).toEqual([[2, { name: 'a', layers: [0, 1, 2] }]]);
    expect(folded(draft, 'a.b').nodes.map(({ index }) => index)).toEqual([-1, 1, 2, 3]);
  });

  test('a layer outside that stands between two of a block is drawn beside it', () => {
    const relu = (name: string, from: string[]) => ({ name, kind: 'activation' as const, function: 'relu', from });
    const layers = [relu('a.x', ['input']), relu('out', ['a.x']), relu('a.y', ['out'])];
    const { nodes, wires } = folded({ input: { size: 8, channels: 1 }, layers }, 'a');
    expect(nodes.map(({ index }) => index).sort()).toEqual([-1, 0, 1]);
    expect(wires.map(({ source, target }) => `${source} > ${target}`).sort()).toEqual(['-1 > 0', '0 > 1', '1 > 0']);
  });
});

describe('frames', () => {
  test.each([
    ['resnet-18', 8],
    ['resnet-50', 16],
    ['mobilenet-v1', 13],
    ['mobilenet-v2', 17],
    ['vgg-16', 5],
    ['lenet-5', 0],
  ])('%s has %d, each round its own layers alone, and none over another', (name, count) => {
    const draft = draftOf(name);
    const layout = layoutOf(draft);
    const frames = framesOf(draft, layout);
    expect(frames).toHaveLength(count);
    for (const { block, x, y, width, height, layers } of frames) {
      const within = layout.nodes.filter(
        (node) => node.x >= x && node.y >= y && node.x + nodeWidth <= x + width && node.y + nodeHeight <= y + height,
      );
      expect(within.map(({ index }) => index).sort((a, b) => a - b)).toEqual(layers.toSorted((a, b) => a - b));
      for (const index of layers) expect(draft.layers[index]!.name.startsWith(block)).toBe(true);
      const touched = layout.nodes.filter(
        (node) => node.x < x + width && node.x + nodeWidth > x && node.y < y + height && node.y + nodeHeight > y,
      );
      expect(touched).toHaveLength(layers.length);
      const crossed = frames.filter(
        (other) =>
          other.block !== block &&
          other.x < x + width &&
          other.x + other.width > x &&
          other.y < y + height &&
          other.y + other.height > y,
      );
      expect(crossed).toEqual([]);
    }
  });

  test('a block in a block is framed within its frame, and drawn with its name', () => {
    const draft = draftOf('mlp');
    const names = ['a1.b1.flatten', 'a1.b1.dense', 'a1.relu', 'logits'];
    const nested = { ...draft, layers: draft.layers.map((layer, index) => ({ ...layer, name: names[index]! })) };
    const [outer, inner] = framesOf(nested, layoutOf(nested));
    expect([outer, inner]).toMatchObject([
      { block: 'a1', depth: 0, layers: [0, 1, 2] },
      { block: 'a1.b1', depth: 1, layers: [0, 1] },
    ]);
    expect(inner!.x).toBeGreaterThan(outer!.x);
    expect(inner!.y + inner!.height).toBeLessThan(outer!.y + outer!.height);
    expect(graphSvg(nested, 10)).toMatch(/>a1<[\s\S]*>a1\.b1</);
  });
});

describe('drawings and tables', () => {
  test('the drawing is one well-formed document with every name once, escaped', () => {
    const lenet = draftOf('lenet-5');
    const odd = { ...lenet, layers: lenet.layers.with(0, { ...lenet.layers[0]!, name: 'a<b&"c' }) };
    const svg = graphSvg(odd, 10);
    expect(svg).toContain('>a&lt;b&amp;&quot;c</text>');
    expect(graphSvg(lenet, 10)).toContain('>28 × 28 × 6</text>');
    expect(svg.match(/<path [^>]*marker-end/g)).toHaveLength(12);
    expect(svg.match(/<text/g)!.length).toBe(svg.match(/<\/text>/g)!.length);
  });

  test('the table has a line for each layer and one for the totals', () => {
    const description = describeDraft(draftOf('lenet-5'), 10);
    const lines = tableCsv(description, 64).split('\r\n');
    expect(lines).toHaveLength(1 + 12 + 1 + 1);
    // 28 * 28 * 6 numbers of 4 bytes for 64 images; 156 of 61,706 parameters.
    expect(lines[1]).toBe('conv1,conv2d,28 x 28 x 6,156,150,0,117600,5 x 5,1 x 1,0 x 0,1204224,0.0025');
    expect(lines[13]).toMatch(/^total,,,61706,,0,416520,/);
    const markdown = tableMarkdown(description, 64).trimEnd().split('\n');
    expect(markdown).toHaveLength(2 + 12 + 1);
    expect(new Set(markdown.map((line) => line.split(' | ').length)).size).toBe(1);
  });
});
