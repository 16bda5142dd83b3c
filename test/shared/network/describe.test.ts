import { describe, expect, test } from 'vitest';
import {
  checkNetwork,
  describeDraft,
  describeNetwork,
  parseNetwork,
  presets,
} from '../../../src-main/shared/network/index.ts';
import type { NetworkDescription } from '../../../src-main/shared/network/index.ts';
import { growth } from '../../growth.ts';

const input = { size: [28, 28], channels: 1 };
const conv = (name: string, kernelSize: number | number[], more: object = {}): object => ({
  name,
  kind: 'conv2d',
  filters: 4,
  kernelSize,
  ...more,
});
const pool = (name: string, poolSize: number | number[], more: object = {}): object => ({
  name,
  kind: 'maxPool',
  poolSize,
  ...more,
});
const end = [
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];
/** "conv1 conv2! gap? logits?": ! is wrong, ? waits. */
const marks = ({ layers }: NetworkDescription): string =>
  layers.map((row) => row.name + (row.problem ? '!' : row.waiting ? '?' : '')).join(' ');

describe('a layer that cannot work is named with the remedy', () => {
  const rows: [object[], marks: string, message: string, hint: string][] = [
    [
      [conv('conv1', 5), pool('pool1', 2), conv('conv2', 3), pool('pool2', 2), conv('conv3', 7), ...end],
      'conv1 pool1 conv2 pool2 conv3! gap? logits?',
      'conv3: 7x7 kernel does not fit its 5x5 input',
      "Use 'same' padding or remove pool2.",
    ],
    [
      [conv('conv1', 3, { strides: 9 }), conv('conv2', 4), ...end],
      'conv1 conv2! gap? logits?',
      'conv2: 4x4 kernel does not fit its 3x3 input',
      "Use 'same' padding or set the strides of conv1 to 1.",
    ],
    [
      [pool('pool1', 2), conv('conv1', 29), ...end],
      'pool1 conv1! gap? logits?',
      'conv1: 29x29 kernel does not fit its 14x14 input',
      "Use 'same' padding or use a larger input.",
    ],
    [
      [conv('conv1', 3, { strides: 9 }), conv('conv2', 27), ...end],
      'conv1 conv2! gap? logits?',
      'conv2: 27x27 kernel does not fit its 3x3 input',
      "Use 'same' padding or use a larger input.",
    ],
    [
      [pool('pool1', 2), conv('conv1', 3), pool('pool2', [1, 4]), conv('conv2', [3, 12]), ...end],
      'pool1 conv1 pool2 conv2! gap? logits?',
      'conv2: 3x12 kernel does not fit its 12x3 input',
      "Use 'same' padding or remove pool2.",
    ],
    [
      [
        pool('pool1', 2),
        conv('conv1', 1),
        { name: 'skip', kind: 'concat', from: ['pool1', 'conv1'] },
        conv('conv2', 15),
        ...end,
      ],
      'pool1 conv1 skip conv2! gap? logits?',
      'conv2: 15x15 kernel does not fit its 14x14 input',
      "Use 'same' padding or use a larger input.",
    ],
    [
      [conv('conv1', 29), ...end],
      'conv1! gap? logits?',
      'conv1: 29x29 kernel does not fit its 28x28 input',
      "Use 'same' padding or use a larger input.",
    ],
    [
      [conv('conv1', 10, { dilationRate: [1, 4] }), ...end],
      'conv1! gap? logits?',
      'conv1: 10x10 kernel (10x37 with its dilation) does not fit its 28x28 input',
      "Use 'same' padding or use a larger input.",
    ],
    [
      [pool('pool1', 40, { padding: 5 }), ...end],
      'pool1! gap? logits?',
      'pool1: 40x40 window does not fit its 28x28 input (38x38 with its padding)',
      "Use 'same' padding or use a larger input.",
    ],
    [
      [pool('pool1', 2, { padding: [0, 2] }), ...end],
      'pool1! gap? logits?',
      'pool1: padding 0x2 must be smaller than the 2x2 window',
      "Use less padding, or 'same'.",
    ],
    [
      [conv('conv1', 3, { strides: 2, dilationRate: 2 }), ...end],
      'conv1! gap? logits?',
      'conv1: strides 2x2 and dilationRate 2x2 cannot be combined; one of them must be 1',
      'Set strides or dilationRate to 1.',
    ],
    [
      [conv('conv1', 3), end[1]!],
      'conv1 logits!',
      'logits: dense takes a vector, but conv1 gives maps of 26x26x4',
      'Put a flatten or globalAvgPool layer before it.',
    ],
    [
      [end[0]!, conv('conv1', 1), end[1]!],
      'gap conv1! logits?',
      'conv1: conv2d takes maps, but gap gives a vector of 1 unit',
      'Move it before gap, or remove it.',
    ],
    [
      [end[0]!, { name: 'flat', kind: 'flatten' }, end[1]!],
      'gap flat! logits?',
      'flat: flatten takes maps, but gap gives a vector of 1 unit',
      'Remove flat: its input is flat already.',
    ],
    [
      [conv('conv1', 3), { name: 'skip', kind: 'add', from: ['input', 'conv1'] }, ...end],
      'conv1 skip! gap? logits?',
      'skip: add needs equal shapes but gets input 28x28x1 and conv1 26x26x4',
      "Bring them to equal height and width, for example by 'same' padding and equal strides.",
    ],
    [
      [conv('conv1', 3, { padding: 'same' }), { name: 'skip', kind: 'add', from: ['input', 'conv1'] }, ...end],
      'conv1 skip! gap? logits?',
      'skip: add needs equal shapes but gets input 28x28x1 and conv1 28x28x4',
      'Give them equal channels, for example by a 1x1 conv2d on one of them.',
    ],
    [
      [conv('conv1', 3), { name: 'both', kind: 'concat', from: ['input', 'conv1'] }, ...end],
      'conv1 both! gap? logits?',
      'both: concat needs maps of equal height and width, or vectors, but gets input 28x28x1 and conv1 26x26x4',
      "Bring them to equal height and width, for example by 'same' padding and equal strides.",
    ],
    [
      [conv('conv1', 3), { name: 'skip', kind: 'add' }, ...end],
      'conv1 skip! gap? logits?',
      'skip: add joins two layers or more, but "from" names 1',
      'Name all the layers to join in "from".',
    ],
    [
      [
        { name: 'flat', kind: 'flatten' },
        { name: 'logits', kind: 'dense', units: 5 },
      ],
      'flat logits!',
      'logits: the last layer must give 10 units, one a class, but gives 5 units',
      'Set its units to "classes".',
    ],
    [
      [conv('conv1', 3)],
      'conv1!',
      'conv1: the last layer must give 10 units, one a class, but gives maps of 26x26x4',
      'End the network with globalAvgPool or flatten, then a dense layer whose units are "classes".',
    ],
  ];
  test.each(rows)('%j', (layers, expectedMarks, message, hint) => {
    const network = parseNetwork({ input, layers });
    const description = describeNetwork(network, 10);
    expect(marks(description)).toBe(expectedMarks);
    expect(description.valid).toBe(false);
    expect(description.layers.find((row) => row.problem)?.problem).toMatchObject({ message, hint });
    expect(() => checkNetwork(network, 10)).toThrow(
      expect.objectContaining({ code: 'invalid-network', message, hint }),
    );
  });
});

test('where every layer down to the last is right the figures of the wrong last one are there too', () => {
  const description = describeNetwork(
    parseNetwork({ input, layers: [...end.slice(0, 1), { ...end[1], units: 3 }] }),
    10,
  );
  expect(description.layers[1]).toMatchObject({ outputShape: [3], params: 6, problem: { field: 'units' } });
});

test('a layer that does not depend on the wrong one keeps its figures', () => {
  const layers = [conv('a', 40, { from: ['input'] }), conv('b', 3, { from: ['input'] }), ...end];
  expect(marks(describeNetwork(parseNetwork({ input, layers }), 10))).toBe('a! b gap logits');
});

test('layers without effect are warned of and left out of the totals', () => {
  const dead = [conv('dead', 3, { from: ['conv1'] }), { name: 'deader', kind: 'activation', function: 'relu' }];
  const used = [conv('conv1', 3), { ...end[0], from: ['conv1'] }, end[1]!];
  const description = describeNetwork(parseNetwork({ input, layers: [used[0], ...dead, used[1], used[2]] }), 10);
  expect(description.valid).toBe(true);
  expect(description.warnings).toEqual([
    { layer: 'dead', message: 'dead: only layers without effect use it, so it has no effect on the output' },
    { layer: 'deader', message: 'deader: no other layer uses it, so it has no effect on the output' },
  ]);
  expect(description.totals).toEqual(describeNetwork(parseNetwork({ input, layers: used }), 10).totals);
});

describe('a draft is described whatever it holds', () => {
  test('a right network gives the same as when it is parsed', () => {
    for (const json of Object.values(presets)) {
      expect(describeDraft(json, 10)).toEqual(describeNetwork(parseNetwork(json), 10));
      expect(describeDraft(json, 7, { size: [40, 50] })).toEqual(
        describeNetwork(parseNetwork(json, { size: [40, 50] }), 7),
      );
    }
  });

  test('wrong fields, names and connections mark their layers', () => {
    const rows: [object[], string][] = [
      [[conv('a', 0), conv('b', 3), ...end], 'a! b? gap? logits?'],
      [[conv('a', 3), { name: 'b', kind: 'conv' }, ...end], 'a b! gap? logits?'],
      [[conv('a', 3), conv('a', 3), ...end], 'a a! gap? logits?'],
      [[conv('a', 3, { from: ['gone'] }), ...end], 'a! gap? logits?'],
      [[conv('a', 3, { from: ['b'] }), conv('b', 3), ...end], 'a! b! gap? logits?'],
      [
        [conv('a', 3), conv('b', 3, { filters: -1, from: ['input'] }), { ...end[0], from: ['a'] }, end[1]!],
        'a b! gap logits',
      ],
    ];
    for (const [layers, expected] of rows) expect(marks(describeDraft({ input, layers }, 10))).toBe(expected);
  });

  test('a wrong input is a problem of the network, and wrong layers still show theirs', () => {
    const description = describeDraft({ input: { size: 0, channels: 1 }, layers: [conv('a', 0), ...end] }, 10);
    expect(description.problem?.message).toMatch(/^input: "size" must be/);
    expect(marks(description)).toBe('a! gap? logits?');
    expect(description.valid).toBe(false);
  });

  test.each([
    [undefined],
    [null],
    [3],
    ['x'],
    [[]],
    [{}],
    [{ input }],
    [{ input, layers: 3 }],
    [{ input, layers: [] }],
  ])('%j', (json) =>
    expect(describeDraft(json, 10)).toMatchObject({ layers: [], valid: false, problem: expect.anything() }),
  );

  test('layers of any type', () => {
    const description = describeDraft({ input, layers: [null, 1, [], {}, { name: 5 }, { name: 'a', kind: {} }] }, 10);
    expect(description.layers.every((row) => row.problem)).toBe(true);
    expect(description.layers.map((row) => row.name)).toEqual([
      'layer 1',
      'layer 2',
      'layer 3',
      'layer 4',
      'layer 5',
      'a',
    ]);
  });
});

test('the work of describing grows with the number of layers, not with its square', () => {
  const blocks = Array.from({ length: 330 }, (_, i) => [
    conv(`conv${i}`, 3, { padding: 'same', from: [i === 0 ? 'first' : `sum${i - 1}`] }),
    { name: `bn${i}`, kind: 'batchNorm' },
    { name: `sum${i}`, kind: 'add', from: [`bn${i}`, i === 0 ? 'first' : `sum${i - 1}`] },
  ]).flat();
  const describe = (layers: number) => (): void => {
    const used = [...blocks.slice(0, layers - (layers % 3)), ...end];
    expect(describeDraft({ input, layers: [conv('first', 3), ...used] }, 10).valid).toBe(true);
  };
  expect(growth(describe(99), describe(990))).toBeLessThan(40);
});
