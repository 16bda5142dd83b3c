import { expect, test } from 'vitest';
import type { NetworkJson } from '../../../../src-main/shared/network/spec.ts';
import { sumBehind } from '../../../../src-renderer/views/inspect/sum/sum-layer.ts';

const network: NetworkJson = {
  input: { size: 8, channels: 3 },
  layers: [
    { name: 'conv1', kind: 'conv2d', filters: 2, kernelSize: 3, padding: 'same' },
    { name: 'bn1', kind: 'batchNorm' },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'skip', kind: 'add', from: ['relu1', 'conv1'] },
    { name: 'relu2', kind: 'activation', function: 'relu' },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

test.each([
  ['conv1', 'conv1'],
  ['bn1', 'conv1'],
  ['relu1', 'conv1'],
  ['skip', null],
  ['relu2', null],
  ['gap', null],
  ['logits', 'logits'],
  ['gone', null],
])('what %s hands on was summed up in %s', (name, expected) => {
  expect(sumBehind(network, name)).toBe(expected);
});

test.each(['layerNorm', 'groupNorm', 'dropout'] as const)('behind %s stands the sum before it', (kind) => {
  const extra = { dropout: { rate: 0.5 }, groupNorm: { groups: 2 }, layerNorm: {} }[kind];
  const layers = [network.layers[0]!, { name: 'between', kind, ...extra }] as NetworkJson['layers'];
  expect(sumBehind({ ...network, layers }, 'between')).toBe('conv1');
});

test.each(['separableConv2d', 'conv2dTranspose'] as const)('%s sums', (kind) => {
  const layers: NetworkJson['layers'] = [{ name: 'conv', kind, filters: 2, kernelSize: 3 }];
  expect(sumBehind({ ...network, layers }, 'conv')).toBe('conv');
});

test('an activation right after the image has no sum behind it', () => {
  const layers: NetworkJson['layers'] = [{ name: 'relu', kind: 'activation', function: 'relu' }, ...network.layers];
  expect(sumBehind({ ...network, layers }, 'relu')).toBeNull();
});
