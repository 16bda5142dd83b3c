import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeDraft, presetNames, presets } from '../../../src-main/shared/network/index.ts';
import { layerKinds } from '../../../src-main/shared/network/spec.ts';
import {
  freeName,
  freeTitle,
  moveLayer,
  renameLayer,
  setField,
  setInput,
  sourcesOf,
  toDraft,
  type Draft,
} from '../../../src-main/shared/network/edit.ts';
import { duplicateLayers } from '../../../src-main/shared/network/blocks.ts';
import { addAfter, removeLayers } from '../../../src-main/shared/network/wiring.ts';

const draftOf = (name: string): Draft => toDraft(structuredClone(presets[name]))!;
const names = (draft: Draft) => draft.layers.map(({ name }) => name);

/** a, b from a; c joins a and b; d follows c. */
const branching: Draft = {
  input: { size: [8, 8], channels: 3 },
  layers: [
    { name: 'a', kind: 'conv2d', filters: 4, kernelSize: 3, padding: 'same' },
    { name: 'b', kind: 'conv2d', filters: 4, kernelSize: 3, padding: 'same' },
    { name: 'c', kind: 'add', from: ['a', 'b'] },
    { name: 'd', kind: 'flatten' },
  ],
};

describe('reading stored JSON', () => {
  test.each(presetNames)('%s is read as it is', (name) => {
    expect(toDraft(presets[name])).toEqual(presets[name]);
  });

  test('half-typed fields are kept', () => {
    const json = { input: { size: ['', 28], channels: 3 }, layers: [{ name: '', kind: 'conv2d', filters: '' }] };
    expect(toDraft(json)).toEqual(json);
  });

  test.each([
    ['nothing', null],
    ['a text', 'network'],
    ['no input', { layers: [] }],
    ['layers that are no list', { input: { size: 8, channels: 1 }, layers: {} }],
    ['a layer without a name', { input: { size: 8, channels: 1 }, layers: [{ kind: 'flatten' }] }],
    ['a kind that does not exist', { input: { size: 8, channels: 1 }, layers: [{ name: 'a', kind: 'lstm' }] }],
  ])('%s cannot be edited', (_what, json) => {
    expect(toDraft(json)).toBeNull();
  });
});

describe('names', () => {
  test.each([
    ['conv', 'conv4'],
    ['dense', 'dense1'],
    ['pool', 'pool4'],
  ])('the next free %s of conv-bn-pool is %s', (stem, name) => {
    expect(freeName(draftOf('conv-bn-pool'), stem)).toBe(name);
  });

  test.each([
    ['net', [], 'net'],
    ['net', ['net'], 'net 2'],
    ['net', ['net', 'net 2', 'net 3'], 'net 4'],
  ])('%s beside %j becomes %s', (title, taken, free) => {
    expect(freeTitle(title, taken)).toBe(free);
  });
});

describe('adding', () => {
  test.each(layerKinds)('a %s goes right after the selection and is selected', (kind) => {
    const { draft, selected } = addAfter(branching, 0, kind);
    expect(selected).toBe(1);
    expect(draft.layers[1]?.kind).toBe(kind);
    expect(names(draft).filter((_name, index) => index !== 1)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('with the input selected it becomes the first layer', () => {
    expect(names(addAfter(branching, -1, 'flatten').draft)).toEqual(['flatten1', 'a', 'b', 'c', 'd']);
  });

  test('what can be trained stays so when a layer that fits is added', () => {
    for (const kind of ['conv2d', 'depthwiseConv2d', 'batchNorm', 'activation', 'dropout', 'maxPool'] as const) {
      const { draft } = addAfter(draftOf('conv-bn-pool'), 2, kind);
      expect(describeDraft(draft, 10).valid, kind).toBe(true);
    }
  });
});

describe('removing', () => {
  test('layers that named it take its inputs instead', () => {
    const { draft, selected } = removeLayers(branching, [1]);
    expect(draft.layers).toEqual([branching.layers[0], { name: 'c', kind: 'add', from: ['a'] }, branching.layers[3]]);
    expect(selected).toBe(1);
  });

  test('the first layer gives way to the input', () => {
    expect(removeLayers(branching, [0]).draft.layers[1]?.from).toEqual(['input', 'b']);
  });

  test('the last one leaves the one above selected; the only one leaves the input', () => {
    expect(removeLayers(branching, [3]).selected).toBe(2);
    expect(removeLayers({ ...branching, layers: branching.layers.slice(0, 1) }, [0]).selected).toBe(-1);
  });

  test.each(presetNames)('an added layer that is removed again leaves %s as it was', (name) => {
    const before = draftOf(name);
    const added = addAfter(before, 1, 'activation');
    expect(removeLayers(added.draft, [added.selected]).draft).toEqual(before);
  });
});

describe('moving, duplicating, renaming', () => {
  test('moving there and back changes nothing', () => {
    const there = moveLayer(branching, 1, 1);
    expect(names(there.draft)).toEqual(['a', 'c', 'b', 'd']);
    expect(moveLayer(there.draft, there.selected, -1)).toEqual({ draft: branching, selected: 1 });
  });

  test.each([
    [0, -1],
    [3, 1],
  ] as const)('layer %i stays when moved by %i past the end', (index, by) => {
    expect(moveLayer(branching, index, by)).toEqual({ draft: branching, selected: index });
  });

  test('a copy follows its original under a free name and is fed by it', () => {
    const before = draftOf('resnet-20');
    const { draft, selected } = duplicateLayers(setField(before, 0, 'from', ['input']), [0]);
    expect(selected).toBe(1);
    expect(draft.layers[0]?.from).toEqual(['input']);
    expect(draft.layers[1]).toEqual({ ...draft.layers[0], name: 'conv2', from: undefined });
    expect(sourcesOf(draft, 1)).toEqual(['conv1']);
  });

  test('a copy of a joining layer joins the same layers', () => {
    expect(duplicateLayers(branching, [2]).draft.layers[3]).toEqual({ name: 'c1', kind: 'add', from: ['a', 'b'] });
  });

  test('renaming reaches those that take its output', () => {
    expect(renameLayer(branching, 0, 'first').layers[2]?.from).toEqual(['first', 'b']);
  });

  test('while two layers share a name, others keep what they meant', () => {
    const shared = renameLayer(branching, 3, 'a');
    expect(renameLayer(shared, 3, 'ab').layers[2]?.from).toEqual(['a', 'b']);
  });

  test.each(presetNames)('no figure of %s changes by renaming all of its layers', (name) => {
    const before = draftOf(name);
    const after = before.layers.reduce((draft, _layer, index) => renameLayer(draft, index, `layer-${index}`), before);
    const figures = (draft: Draft) => describeDraft(draft, 10).layers.map((row) => ({ ...row, name: '' }));
    expect(figures(after)).toEqual(figures(before));
  });
});

describe('fields', () => {
  test('a value is set, and taken out by undefined', () => {
    const wide = setField(branching, 0, 'filters', 9);
    expect(wide.layers[0]).toEqual({ ...branching.layers[0], filters: 9 });
    expect(setField(setField(branching, 0, 'strides', 2), 0, 'strides', undefined)).toEqual(branching);
  });

  test('the input changes alone', () => {
    expect(setInput(branching, 'size', [9, 7])).toEqual({ ...branching, input: { size: [9, 7], channels: 3 } });
  });
});

test('whatever is edited in whatever order, names stay unique and every "from" leads somewhere', () => {
  const edit = fc.record({
    what: fc.constantFrom('add', 'remove', 'up', 'down', 'duplicate', 'rename'),
    at: fc.nat(100),
    kind: fc.constantFrom(...layerKinds),
  });
  fc.assert(
    fc.property(fc.constantFrom(...presetNames), fc.array(edit, { maxLength: 30 }), (preset, edits) => {
      let draft = draftOf(preset);
      edits.forEach(({ what, at, kind }, step) => {
        const index = at % Math.max(1, draft.layers.length);
        if (what === 'add') draft = addAfter(draft, index, kind).draft;
        else if (what === 'remove') draft = removeLayers(draft, [index]).draft;
        else if (what === 'duplicate') draft = duplicateLayers(draft, [index]).draft;
        else if (what === 'rename') draft = renameLayer(draft, index, `renamed-${step}`);
        else draft = moveLayer(draft, index, what === 'up' ? -1 : 1).draft;
      });
      const all = names(draft);
      expect(new Set(all).size).toBe(all.length);
      for (const layer of draft.layers) {
        expect([...all, 'input']).toEqual(expect.arrayContaining([...(layer.from ?? [])]));
      }
    }),
    { numRuns: 100 },
  );
});
