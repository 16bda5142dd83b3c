import { describe, expect, test } from 'vitest';
import {
  blockAround,
  blocksOf,
  copyLayers,
  pasteLayers,
  pasteProblem,
  repeatBlock,
} from '../../../src-main/shared/network/blocks.ts';
import { describeDraft, presetNames, presets } from '../../../src-main/shared/network/index.ts';
import { toDraft, type Draft } from '../../../src-main/shared/network/edit.ts';
import {
  addAfter,
  connect,
  disconnect,
  insertBetween,
  removeLayers,
  wiresOf,
  wouldLoop,
} from '../../../src-main/shared/network/wiring.ts';

const draftOf = (name: string): Draft => toDraft(structuredClone(presets[name]))!;
const conv = { kind: 'conv2d', filters: 4, kernelSize: 3, padding: 'same' } as const;
/** a goes into b and, past it, into c. */
const branching: Draft = {
  input: { size: [8, 8], channels: 4 },
  layers: [
    { name: 'a', ...conv },
    { name: 'b', ...conv },
    { name: 'c', kind: 'add', from: ['b', 'a'] },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};
const wires = (draft: Draft) => wiresOf(draft).map(({ source, target }) => `${source} > ${target}`);
const figures = (draft: Draft) => describeDraft(draft, 10).totals;

describe('connections', () => {
  test('a joining layer takes one more input, any other a new one in place of its own', () => {
    expect(wires(connect(branching, { source: 'input', target: 'c' }))).toContain('input > c');
    expect(wires(connect(branching, { source: 'input', target: 'c' }))).toContain('b > c');
    const past = connect(branching, { source: 'a', target: 'gap' });
    expect(past.layers[3]).toEqual({ name: 'gap', kind: 'globalAvgPool', from: ['a'] });
    expect(wires(past)).not.toContain('c > gap');
  });

  test('what is connected to the layer above again says so no longer', () => {
    const past = connect(branching, { source: 'a', target: 'gap' });
    expect(connect(past, { source: 'c', target: 'gap' }).layers[3]!.from).toEqual(['c']);
    expect(connect(branching, { source: 'c', target: 'gap' })).toEqual(branching);
  });

  test('a layer that lost its only input is wrong in "from", and offers no wires', () => {
    const loose = disconnect(branching, { source: 'c', target: 'gap' });
    expect(wires(loose).some((wire) => wire.endsWith('> gap'))).toBe(false);
    expect(describeDraft(loose, 10).layers[3]?.problem?.field).toBe('from');
    expect(wires(disconnect(branching, { source: 'a', target: 'c' }))).toContain('b > c');
  });

  test.each([
    ['a', 'c', false],
    ['input', 'a', false],
    ['c', 'a', true],
    ['a', 'a', true],
    ['logits', 'b', true],
  ])('%s into %s loops: %s', (source, target, loops) => {
    expect(wouldLoop(branching, { source, target })).toBe(loops);
    const cycles = describeDraft(connect(branching, { source, target }), 10).layers.some(({ problem }) =>
      problem?.message.includes('takes its input from itself'),
    );
    expect(cycles).toBe(loops);
  });

  test('a layer put into one of two connections leaves the other alone', () => {
    const { draft, selected } = insertBetween(branching, { source: 'a', target: 'c' }, 'activation');
    expect(draft.layers[selected]?.kind).toBe('activation');
    expect(wires(draft)).toEqual(['input > a', 'a > b', 'a > act1', 'b > c', 'act1 > c', 'c > gap', 'gap > logits']);
    expect(describeDraft(draft, 10).valid).toBe(true);
  });

  test('a layer added behind one takes over all that used it', () => {
    expect(wires(addAfter(branching, 0, 'activation').draft)).toEqual([
      'input > a',
      'a > act1',
      'act1 > b',
      'b > c',
      'act1 > c',
      'c > gap',
      'gap > logits',
    ]);
  });

  test('several layers go at once, and what used them takes what they took', () => {
    const { draft } = removeLayers(branching, [1, 2]);
    expect(wires(draft)).toEqual(['input > a', 'a > gap', 'gap > logits']);
    const { draft: all } = removeLayers(branching, [0, 1, 2, 3, 4]);
    expect(all.layers).toEqual([]);
  });
});

describe('blocks', () => {
  test('a residual block repeated three times is a chain of three', () => {
    const { draft, picked } = repeatBlock(branching, [0, 1, 2], 3, 'res');
    expect(wires(draft)).toEqual([
      'input > res1.a',
      'res1.a > res1.b',
      'res1.b > res1.c',
      'res1.a > res1.c',
      'res1.c > res2.a',
      'res2.a > res2.b',
      'res2.b > res2.c',
      'res2.a > res2.c',
      'res2.c > res3.a',
      'res3.a > res3.b',
      'res3.b > res3.c',
      'res3.a > res3.c',
      'res3.c > gap',
      'gap > logits',
    ]);
    expect(picked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    // 3x3 from 4 to 4 channels with bias: 148 each.
    expect(figures(draft).params - figures(branching).params).toBe(4 * 148);
  });

  test('blocks are told by the names of their layers, whatever else lies between', () => {
    const { draft } = repeatBlock(branching, [0, 1, 2], 2, 'res');
    expect([...blocksOf(draft)]).toEqual([
      ['res1', [0, 1, 2]],
      ['res2', [3, 4, 5]],
    ]);
    const { draft: deeper } = repeatBlock(draft, [1, 2], 1, 'in');
    expect([...blocksOf(deeper)].map(([name]) => name)).toEqual(['res1', 'res1.in1', 'res2']);
    expect(blockAround(draft, 4)?.layers).toEqual([3, 4, 5]);
    expect(blockAround(draft, 6)).toBeNull();
    const named = ['x.a', 'x', 'y.a', 'z'].map((name) => ({ name, kind: 'flatten' as const }));
    expect([...blocksOf({ ...draft, layers: named })]).toEqual([['x', [0, 1]]]);
  });

  test('all of a block repeated under a name takes that name, next to blocks that have it already', () => {
    const { draft } = repeatBlock(branching, [0, 1, 2], 2, 'res');
    const names = (edited: { draft: Draft }) => edited.draft.layers.map(({ name }) => name);
    expect(names(repeatBlock(draft, [0, 1, 2], 2, 'res'))).toEqual(
      ['res1', 'res3', 'res2']
        .flatMap((block) => ['a', 'b', 'c'].map((name) => `${block}.${name}`))
        .concat('gap', 'logits'),
    );
    const resnet = repeatBlock(draftOf('resnet-18'), blockAround(draftOf('resnet-18'), 5)!.layers, 2, 'x');
    expect([...blocksOf(resnet.draft).keys()].slice(0, 3)).toEqual(['x1', 'x2', 'block1-2']);
    expect(names(resnet)).toEqual(expect.arrayContaining(['x1.add', 'x1', 'x2.add', 'x2']));
    expect(describeDraft(resnet.draft, 10).valid).toBe(true);
  });

  test('a shortcut round the block starts at the copy before it', () => {
    const shortcut = connect(branching, { source: 'input', target: 'c' });
    const { draft } = repeatBlock(shortcut, [0, 1, 2], 2);
    expect(wires(draft)).toEqual(expect.arrayContaining(['input > c', 'c > a1', 'c > c1', 'c1 > gap']));
    expect(describeDraft(draft, 10).valid).toBe(true);
  });

  test('once with a name only names', () => {
    const { draft } = repeatBlock(branching, [1], 1, 'x');
    expect(wires(draft)).toEqual(['input > a', 'a > x1.b', 'x1.b > c', 'a > c', 'c > gap', 'gap > logits']);
  });

  test.each(presetNames)('all of %s copied into an empty draft is the same network', (name) => {
    const before = draftOf(name);
    const empty: Draft = { ...before, layers: [] };
    const text = copyLayers(
      before,
      before.layers.map((_, index) => index),
    );
    const pasted = pasteLayers(empty, -1, text)!;
    expect(wires(pasted.draft)).toEqual(wires(before));
    expect(figures(pasted.draft)).toEqual(figures(before));
  });

  test('pasted layers get free names, are fed by the chosen layer, and feed what it fed', () => {
    const { draft, picked } = pasteLayers(branching, 2, copyLayers(branching, [1, 2]))!;
    expect(picked).toEqual([3, 4]);
    expect(wires(draft)).toEqual([
      'input > a',
      'a > b',
      'b > c',
      'a > c',
      'c > b1',
      'b1 > c1',
      'c > c1',
      'c1 > gap',
      'gap > logits',
    ]);
  });

  const many = Array.from({ length: 10_000 }, (_, index) => ({ name: `n${index}`, kind: 'flatten' }));
  test.each<[string, string, RegExp | null]>([
    ['no JSON', 'conv1', null],
    ['a number', '5', null],
    ['something else', '{"a":1}', /^the network: unknown field "a" \(at \/a\)$/],
    ['no layers', '{"input":{"size":8,"channels":1},"layers":[]}', /has no layers \(at \/layers\)$/],
    [
      'an unknown kind',
      '{"input":{"size":8,"channels":1},"layers":[{"name":"a","kind":"lstm"}]}',
      /^a: unknown kind "lstm" \(at \/layers\/0\/kind\)$/,
    ],
    ['too many', JSON.stringify({ input: { size: 8, channels: 1 }, layers: many }), /has 10,000 layers/],
  ])('%s pastes nothing, and says why', (_what, text, problem) => {
    expect(pasteLayers(branching, 0, text)).toBeNull();
    if (problem) expect(pasteProblem(text)).toMatch(problem);
    else expect(pasteProblem(text)).toBeNull();
  });
});
