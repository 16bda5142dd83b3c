import { describe, expect, test } from 'vitest';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import { inputsOf, layersInUse, parseNetwork, topologicalOrder } from '../../../src-main/shared/network/index.ts';
import type { Layer } from '../../../src-main/shared/network/spec.ts';

const input = { size: [28, 28], channels: 1 };
const conv1 = { name: 'conv1', kind: 'conv2d', filters: 4, kernelSize: 3 };
const end = [
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];

function errorOf(json: unknown): ReceptiveError {
  try {
    parseNetwork(json);
  } catch (error) {
    if (error instanceof ReceptiveError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}
/** The sentence without the place in the file behind it. */
const sentenceOf = (json: unknown): string => errorOf(json).message.replace(/ \(at \/[^ ]*\)$/, '');
const wrongLayer = (more: object): unknown => ({ input, layers: [{ ...conv1, ...more }, ...end] });

test('the example of the format is read with its defaults', () => {
  const network = parseNetwork({
    input: { size: [64, 64], channels: 3 },
    layers: [
      {
        name: 'conv1',
        kind: 'conv2d',
        filters: 16,
        kernelSize: [3, 5],
        strides: [1, 2],
        padding: [1, 2],
        useBias: false,
      },
      { name: 'bn1', kind: 'batchNorm', momentum: 0.9, epsilon: 0.001 },
      { name: 'relu1', kind: 'activation', function: 'relu' },
      { name: 'conv2', kind: 'conv2d', filters: 16, kernelSize: 3, padding: 'same', useBias: false },
      { name: 'skip', kind: 'add', from: ['relu1', 'conv2'] },
      { name: 'pool1', kind: 'maxPool', poolSize: 2 },
      ...end,
    ],
  });
  expect(network.layers[0]).toMatchObject({
    kernelSize: [3, 5],
    strides: [1, 2],
    padding: [1, 2],
    dilationRate: [1, 1],
  });
  expect(network.layers[3]).toMatchObject({ kernelSize: [3, 3], strides: [1, 1], padding: 'same', useBias: false });
  expect(network.layers[5]).toMatchObject({ poolSize: [2, 2], padding: 'valid' });
  expect(inputsOf(network)).toEqual([
    ['input'],
    ['conv1'],
    ['bn1'],
    ['relu1'],
    ['relu1', 'conv2'],
    ['skip'],
    ['pool1'],
    ['gap'],
  ]);
});

test('defaults of every kind', () => {
  const { layers } = parseNetwork({
    input: { size: 8, channels: 2 },
    layers: [
      conv1,
      { name: 'dw', kind: 'depthwiseConv2d', kernelSize: 3 },
      { name: 'bn', kind: 'batchNorm' },
      { name: 'avg', kind: 'avgPool', poolSize: [2, 3] },
      ...end,
    ],
  });
  const one = [1, 1];
  expect(layers[0]).toMatchObject({ strides: one, padding: 'valid', dilationRate: one, useBias: true });
  expect(layers[1]).toMatchObject({ strides: one, padding: 'valid', depthMultiplier: 1, useBias: true });
  expect(layers[2]).toMatchObject({ momentum: 0.9, epsilon: 0.001 });
  expect(layers[3]).toMatchObject({ poolSize: [2, 3], padding: 'valid' });
  expect(layers[5]).toMatchObject({ units: 'classes', useBias: true });
});

test('size and channels of the input can be overridden', () => {
  expect(parseNetwork({ input, layers: [conv1] }, { size: [9, 7] }).input).toEqual({ size: [9, 7], channels: 1 });
  expect(parseNetwork({ input, layers: [conv1] }, { channels: 3 }).input).toEqual({ size: [28, 28], channels: 3 });
  const both = { size: [5, 6] as [number, number], channels: 2 };
  expect(parseNetwork({ layers: [conv1] }, both).input).toEqual(both);
  expect(parseNetwork({ input, layers: [conv1] }, { size: undefined, channels: undefined }).input).toEqual(input);
});

describe('what is wrong is named', () => {
  const rows: [unknown, message: string, hint?: RegExp][] = [
    [wrongLayer({ stride: 2 }), 'conv1: unknown field "stride"; did you mean "strides"?', /fields of conv2d are/],
    [wrongLayer({ colour: 2 }), 'conv1: unknown field "colour"', /fields of conv2d are/],
    [wrongLayer({ filters: undefined }), 'conv1: "filters" is missing', /whole number of 1 or more/],
    [wrongLayer({ filters: 2.5 }), 'conv1: "filters" must be a whole number of 1 or more, not 2.5'],
    [wrongLayer({ filters: 0 }), 'conv1: "filters" must be a whole number of 1 or more, not 0'],
    [wrongLayer({ filters: '8' }), 'conv1: "filters" must be a whole number of 1 or more, not "8"'],
    [
      wrongLayer({ kernelSize: [3, 3, 3] }),
      'conv1: "kernelSize" must be a whole number of 1 or more, or a pair [height, width] of them, not [3,3,3]',
    ],
    [
      wrongLayer({ padding: 'smae' }),
      'conv1: "padding" must be "valid", "same", or the number of zeros on each side, 0 or more, as a number or a pair [height, width], not "smae"; did you mean "same"?',
    ],
    [
      wrongLayer({ padding: [1, -1] }),
      'conv1: "padding" must be "valid", "same", or the number of zeros on each side, 0 or more, as a number or a pair [height, width], not [1,-1]',
    ],
    [wrongLayer({ useBias: 'no' }), 'conv1: "useBias" must be true or false, not "no"'],
    [wrongLayer({ kind: 'conv' }), 'conv1: unknown kind "conv"; did you mean "conv2d"?', /one of conv2d, depthwise/],
    [wrongLayer({ kind: undefined }), 'conv1: "kind" is missing', /one of conv2d/],
    [wrongLayer({ kind: 'toString' }), 'conv1: unknown kind "toString"', /one of conv2d/],
    [wrongLayer({ name: undefined }), 'layer 1: "name" is missing'],
    [
      wrongLayer({ name: 'my conv' }),
      'my conv: "name" must be made of letters, digits, "_", "-" and ".", starting with a letter or a digit, not "my conv"',
    ],
    [wrongLayer({ name: 'gap' }), 'gap: two layers have this name', /name of its own/],
    [
      wrongLayer({ name: 'input' }),
      'input: no layer may be named "input", which stands for the picture that enters the network',
    ],
    [
      wrongLayer({ from: ['input', 'gap'] }),
      'conv1: "from" names 2 layers, but conv2d takes one',
      /Join several layers with add or concat/,
    ],
    [
      wrongLayer({ from: 'input' }),
      'conv1: "from" must be a list with the names of the layers it takes its input from, not "input"',
    ],
    [
      wrongLayer({ from: ['conv9'] }),
      'conv1: "from" names "conv9", but there is no layer of that name',
      /Name a layer/,
    ],
    [
      wrongLayer({ from: ['logit'] }),
      'conv1: "from" names "logit", but there is no layer of that name',
      /mean "logits"/,
    ],
    [wrongLayer({ from: ['conv1'] }), 'conv1: takes its input from itself (conv1 from conv1)', /Break the loop/],
    [wrongLayer({ from: ['gap'] }), 'conv1: takes its input from itself (conv1 from gap from conv1)', /Break the loop/],
    [{ input, layers: ['conv2d'] }, 'layer 1: must be an object with "name" and "kind", not "conv2d"'],
    [{ input, layers: [] }, 'the network: has no layers', /preset/],
    [{ input }, 'the network: "layers" must be a list of layers'],
    [{ layers: [conv1] }, 'the network: "input" is missing', /"size".*"channels"/],
    [{ input: 28, layers: [conv1] }, 'input: must hold "size" and "channels", not 28'],
    [{ input: { size: 28 }, layers: [conv1] }, 'input: "channels" is missing'],
    [{ input: { ...input, depth: 3 }, layers: [conv1] }, 'input: unknown field "depth"', /size and channels/],
    [
      { input: { size: [28, 0], channels: 1 }, layers: [conv1] },
      'input: "size" must be a whole number of 1 or more, or a pair [height, width] of them, not [28,0]',
    ],
    [{ input, layer: [] }, 'the network: unknown field "layer"; did you mean "layers"?'],
    [[], 'the network: must be an object with "input" and "layers"'],
    [null, 'the network: must be an object with "input" and "layers"'],
  ];
  test.each(rows)('%j', (json, message, hint = /.*/) => {
    const error = errorOf(json);
    expect(error.code).toBe('invalid-network');
    expect(sentenceOf(json)).toBe(message);
    expect(error.hint).toMatch(hint);
  });

  test.each([
    [
      { kind: 'activation', function: 'rellu' },
      /^x: "function" must be one of relu, .* or linear, not "rellu"; did you mean "relu"\?$/,
    ],
    [{ kind: 'dropout', rate: 1 }, /^x: "rate" must be a number from 0 to below 1, not 1$/],
    [{ kind: 'batchNorm', epsilon: 0 }, /^x: "epsilon" must be a number above 0, not 0$/],
    [{ kind: 'batchNorm', momentum: 2 }, /^x: "momentum" must be a number from 0 to below 1, not 2$/],
    [{ kind: 'dense', units: 'class' }, /^x: "units" must be .*not "class"; did you mean "classes"\?$/],
    [{ kind: 'maxPool' }, /^x: "poolSize" is missing$/],
    [{ kind: 'depthwiseConv2d', kernelSize: 3, depthMultiplier: 0 }, /^x: "depthMultiplier" must be .*not 0$/],
  ])('%j', (layer, message) => {
    expect(sentenceOf({ input, layers: [{ name: 'x', ...layer }] })).toMatch(message);
  });
});

test.each([
  [{ filters: '8' }, 'Write 8, without quotation marks.'],
  [{ strides: '2' }, 'Write 2, without quotation marks.'],
  [{ strides: '-2' }, 'Change it, or leave it out for [1,1].'],
  [{ useBias: 1 }, 'Change it, or leave it out for true.'],
  [{ filters: 0 }, 'Change it.'],
])('what helps where a layer has %j', (fields, hint) => {
  expect(errorOf(wrongLayer(fields)).hint).toBe(hint);
});

test.each<[unknown, pointer: string]>([
  [wrongLayer({ strides: -1 }), '/layers/0/strides'],
  [wrongLayer({ filters: '8' }), '/layers/0/filters'],
  [{ input, layers: [conv1, { name: 'x', kind: 'cnov2d' }] }, '/layers/1/kind'],
  [{ input, layers: [conv1, conv1] }, '/layers/1/name'],
  [wrongLayer({ from: ['gap'] }), '/layers/0/from'],
  [{ input: { size: 8 }, layers: [] }, '/input/channels'],
  [
    JSON.parse('{"input":{"size":8,"channels":1},"layers":[{"name":"x","kind":"flatten","__proto__":{"a":1}}]}'),
    '/layers/0/__proto__',
  ],
  [wrongLayer({ 'a/b~c': 1 }), '/layers/0/a~1b~0c'],
  [JSON.parse('{"input":{"size":8,"channels":1},"layers":[],"__proto__":{"a":1}}'), '/__proto__'],
  [JSON.parse('{"input":{"size":8,"channels":1,"__proto__":{"a":1}},"layers":[]}'), '/input/__proto__'],
  [{ input, layers: {} }, '/layers'],
  [{ input, layers: [] }, '/layers'],
])('the place of what is wrong in %j is %s', (json, pointer) => {
  expect(errorOf(json).message).toMatch(/ \(at \/[^ ]*\)$/);
  expect(errorOf(json).message.endsWith(` (at ${pointer})`)).toBe(true);
});

test('a network of five thousand layers is read, and a loop through all of it is named; a larger one is refused', () => {
  const relu = (index: number, from?: string[]): object => ({
    name: `n${index}`,
    kind: 'activation',
    function: 'relu',
    from,
  });
  const chain = Array.from({ length: 5000 }, (_, index) => relu(index));
  expect(parseNetwork({ input, layers: chain }).layers).toHaveLength(5000);
  expect(errorOf({ input, layers: [relu(0, ['n4999']), ...chain.slice(1)] }).message).toMatch(
    /^n0: takes its input from itself/,
  );
  expect(errorOf({ input, layers: [...chain, relu(5000)] }).message).toBe(
    'the network: has 5,001 layers; at most 5,000 are taken (at /layers)',
  );
});

describe('order', () => {
  const relu = (name: string, from?: string[]): object => ({ name, kind: 'activation', function: 'relu', from });

  test('is that of the list where that works', () => {
    expect(topologicalOrder(parseNetwork({ input, layers: [conv1, relu('a'), relu('b', ['conv1']), ...end] }))).toEqual(
      [0, 1, 2, 3, 4],
    );
  });

  test('puts what is named before who names it', () => {
    const layers = [relu('late', ['early']), relu('early', ['input']), relu('last', ['late'])];
    expect(topologicalOrder(parseNetwork({ input, layers }))).toEqual([1, 0, 2]);
  });

  test('copes with tens of thousands of layers, in either direction', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `n${i}`);
    const forward = names.map((name) => relu(name));
    const backward = names.map((name, i) => relu(name, [names[i + 1] ?? 'input']));
    const unread = (layers: object[]) => ({ ...parseNetwork({ input, layers: end }), layers: layers as Layer[] });
    expect(topologicalOrder(unread(forward)).at(0)).toBe(0);
    expect(topologicalOrder(unread(backward)).at(0)).toBe(19_999);
  });

  test('layers in use are those that reach the last one', () => {
    const layers = [relu('a'), relu('dead', ['a']), relu('deader', ['dead']), relu('b', ['a'])];
    expect(layersInUse(parseNetwork({ input, layers }))).toEqual(new Set(['a', 'b']));
  });
});
