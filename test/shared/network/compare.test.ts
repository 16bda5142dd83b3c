import { expect, test } from 'vitest';
import { compareNetworks } from '../../../src-main/shared/network/compare.ts';
import { parseNetwork, presets } from '../../../src-main/shared/network/index.ts';
import type { NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { withDepth, withPooling, withWidth } from '../../../src-main/shared/network/what-if/variants.ts';

const base = presets['conv-bn-pool']!;
const compare = (first: NetworkJson, second: NetworkJson) =>
  compareNetworks(parseNetwork(first), parseNetwork(second), 10);
const changes = (first: NetworkJson, second: NetworkJson) =>
  compare(first, second)
    .layers.filter(({ status }) => status !== 'same')
    .map(({ status, first: a, second: b, fields }) => [
      status,
      a?.name ?? null,
      b?.name ?? null,
      fields.map(({ field }) => field),
    ]);

test('a network is the same as itself', () => {
  expect(changes(base, base)).toEqual([]);
});

test('wider: the filters of each convolution', () => {
  expect(changes(base, withWidth(base, 2))).toEqual(
    [1, 2, 3].map((i) => ['changed', `conv${i}`, `conv${i}`, ['filters']]),
  );
  expect(compare(base, withWidth(base, 2)).layers[0]!.fields).toEqual([{ field: 'filters', first: 16, second: 32 }]);
});

test('deeper: layers that only the second has, between those of both', () => {
  const deeper = changes(base, withDepth(base, 2));
  expect(deeper.map(([status]) => status)).toEqual(Array.from({ length: 9 }, () => 'onlySecond'));
  expect(changes(withDepth(base, 2), base).map(([status]) => status)).toEqual(
    Array.from({ length: 9 }, () => 'onlyFirst'),
  );
});

test('without a pool: one layer of the first, and totals', () => {
  const without = withPooling(base, 'pool1', 'none', 16);
  expect(changes(base, without)).toEqual([['onlyFirst', 'pool1', null, []]]);
  const { first, second } = compare(base, without);
  expect([first.params, second.params]).toEqual([24_346, 24_346]);
  expect(second.macs).toBeGreaterThan(first.macs);
});

test('a renamed layer is the same layer with another name', () => {
  const renamed: NetworkJson = {
    ...base,
    layers: base.layers.map((layer) => (layer.name === 'bn2' ? { ...layer, name: 'norm' } : layer)),
  };
  expect(changes(base, renamed)).toEqual([['changed', 'bn2', 'norm', ['name']]]);
});
