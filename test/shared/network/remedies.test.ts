import { describe, expect, test } from 'vitest';
import { toDraft } from '../../../src-main/shared/network/edit.ts';
import type { Draft } from '../../../src-main/shared/network/edit.ts';
import { describeDraft } from '../../../src-main/shared/network/index.ts';
import { remediesFor } from '../../../src-main/shared/network/remedies.ts';

const input = { size: [28, 28], channels: 1 };
const conv = (name: string, kernelSize: number, more: object = {}): object => {
  return { name, kind: 'conv2d', filters: 4, kernelSize, ...more };
};
const pool = (name: string, poolSize: number, more: object = {}): object => ({
  name,
  kind: 'maxPool',
  poolSize,
  ...more,
});
const end = [
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];
const draftOf = (layers: object[]): Draft => toDraft({ input, layers })!;

/** What is wrong, where, and the labels that must be among its remedies. */
const cases: [string, object[], wrong: string, labels: string[]][] = [
  [
    'a kernel that does not fit',
    [conv('conv1', 5), pool('pool1', 2), conv('conv2', 3), pool('pool2', 2), conv('conv3', 7), ...end],
    'conv3',
    ['Use same padding', 'Remove pool2', 'Remove pool1', 'Remove conv3'],
  ],
  [
    'strides that left too little',
    [conv('conv1', 3, { strides: 9 }), conv('conv2', 4), ...end],
    'conv2',
    ['Use same padding', 'Set the strides of conv1 to 1', 'Remove conv2'],
  ],
  [
    'strides and dilation',
    [conv('conv1', 3, { strides: 2, dilationRate: 2 }), ...end],
    'conv1',
    ['Set dilation to 1', 'Set strides to 1', 'Remove conv1'],
  ],
  [
    'maps into dense',
    [conv('conv1', 3), end[1]!],
    'logits',
    ['Add global average pooling before it', 'Add flatten before it'],
  ],
  [
    'a vector into a convolution',
    [end[0]!, conv('conv1', 3), ...end.slice(1)],
    'conv1',
    ['Remove gap', 'Remove conv1'],
  ],
  ['pooling with too much padding', [pool('pool1', 2, { padding: 2 }), ...end], 'pool1', ['Use same padding']],
  [
    'unequal channels added',
    [
      conv('a', 3, { padding: 'same' }),
      conv('b', 3, { padding: 'same', filters: 6 }),
      { name: 'sum', kind: 'add', from: ['a', 'b'] },
      ...end,
    ],
    'sum',
    ['Match b by a 1 × 1 convolution to 4 channels', 'Match a by a 1 × 1 convolution to 6 channels'],
  ],
  [
    'larger maps added',
    [
      conv('a', 3, { padding: 'same' }),
      conv('b', 3, { padding: 'same', filters: 8, strides: 2 }),
      { name: 'sum', kind: 'add', from: ['a', 'b'] },
      ...end,
    ],
    'sum',
    ['Match a by a 1 × 1 convolution to 8 channels, strides 2 × 2'],
  ],
  [
    'an end without classes',
    [conv('conv1', 3)],
    'conv1',
    ['Add global average pooling and a dense layer for the classes after it'],
  ],
  ['a vector at the end', [conv('conv1', 3), end[0]!], 'gap', ['Add a dense layer for the classes after it']],
  [
    'the wrong number of units',
    [end[0]!, { name: 'out', kind: 'dense', units: 3 }],
    'out',
    ['Give it one unit for each class'],
  ],
  [
    'a name that leads nowhere',
    [conv('conv1', 3), { ...end[0]!, from: ['con1'] }, end[1]!],
    'gap',
    ['Connect it to conv1'],
  ],
  ['a loop', [conv('a', 1, { from: ['b'] }), conv('b', 1, { from: ['a'] }), ...end], 'a', ['Connect it to input']],
  ['one name twice', [conv('a', 1), conv('a', 1), ...end], 'a', ['Rename it to a1']],
  [
    'groups that do not divide',
    [conv('a', 1, { filters: 12 }), { name: 'gn', kind: 'groupNorm' }, ...end],
    'gn',
    ['Set groups to 4'],
  ],
  ['an unknown field', [conv('a', 1, { stride: 2 }), ...end], 'a', ['Rename "stride" to "strides"', 'Remove "stride"']],
  ['a number as text', [conv('a', 1, { filters: '8' }), ...end], 'a', ['Set filters to 8']],
];

describe.each(cases)('%s', (_title, layers, wrong, labels) => {
  const draft = draftOf(layers);
  const rows = describeDraft(draft, 10).layers;
  const index = rows.findIndex(({ name, problem }) => name === wrong && problem);

  test('is met with remedies, each of which helps', () => {
    const remedies = remediesFor(draft, index, 10);
    expect(remedies.map(({ label }) => label)).toEqual(expect.arrayContaining(labels));
    const before = rows[index]!.problem!.message;
    for (const remedy of remedies) {
      const after = describeDraft(remedy.draft, 10).layers.flatMap(({ problem }) => problem?.message ?? []);
      expect(after, remedy.label).not.toContain(before);
    }
  });
});

test('a network that is right needs no remedy, nor does a layer that waits', () => {
  const right = draftOf([conv('a', 3), ...end]);
  expect(right.layers.flatMap((_, index) => remediesFor(right, index, 10))).toEqual([]);
  const waiting = draftOf([conv('a', 99), conv('b', 3), ...end]);
  expect(remediesFor(waiting, 1, 10)).toEqual([]);
});
