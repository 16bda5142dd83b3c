import { describe, expect, test } from 'vitest';
import {
  checkNetwork,
  describeNetwork,
  parseNetwork,
  presetNames,
  presets,
} from '../../../../src-main/shared/network/index.ts';
import type { NetworkJson } from '../../../../src-main/shared/network/spec.ts';
import {
  cutToSize,
  poolings,
  withDepth,
  withNormMoved,
  withPooling,
  withWidth,
} from '../../../../src-main/shared/network/what-if/variants.ts';

const figures = (network: NetworkJson, classes = 10) => checkNetwork(parseNetwork(network), classes);
const totals = (network: NetworkJson, classes = 10) => describeNetwork(parseNetwork(network), classes).totals;
const kinds = (network: NetworkJson) => network.layers.map(({ kind }) => kind);
const imageNets = ['alexnet', 'vgg-16', 'resnet-18', 'resnet-50', 'mobilenet-v1', 'mobilenet-v2'];

describe('width', () => {
  test.each(presetNames)('%s: works at half and at twice, and costs about four times as much at twice', (name) => {
    const half = totals(withWidth(presets[name]!, 0.5));
    const whole = totals(withWidth(presets[name]!, 1));
    const twice = totals(withWidth(presets[name]!, 2));
    expect(whole).toEqual(totals(presets[name]!));
    expect(twice.params / whole.params).toBeGreaterThan(1.9);
    expect(twice.params / whole.params).toBeLessThan(4.1);
    expect(half.params).toBeLessThan(whole.params);
  });

  test('keeps groups that divide', () => {
    const layers: NetworkJson['layers'] = [
      { name: 'a', kind: 'conv2d', filters: 16, kernelSize: 3 },
      { name: 'gn', kind: 'groupNorm', groups: 8 },
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ];
    const network = withWidth({ input: { size: 8, channels: 1 }, layers }, 0.3);
    expect(figures(network)[0]!.outputShape[2]).toBe(8);
  });
});

describe('depth', () => {
  test.each(presetNames)('%s: once is as it is, three times has the same shapes at the end', (name) => {
    expect(withDepth(presets[name]!, 1)).toEqual(presets[name]);
    const deep = figures(withDepth(presets[name]!, 3));
    const before = figures(presets[name]!);
    for (const row of before)
      expect(deep.find((other) => other.name === row.name)?.outputShape, row.name).toEqual(row.outputShape);
  });

  test('conv-bn-pool twice: a second convolution, batch norm and relu in each stage, before the pool', () => {
    const deep = withDepth(presets['conv-bn-pool']!, 2);
    expect(kinds(deep).slice(0, 7)).toEqual([
      'conv2d',
      'batchNorm',
      'activation',
      'conv2d',
      'batchNorm',
      'activation',
      'maxPool',
    ]);
    // 16x16, 32x32 and 64x64 channels of 3x3, and gamma and beta of each.
    expect(totals(deep).params - totals(presets['conv-bn-pool']!).params).toBe(
      9 * (16 ** 2 + 32 ** 2 + 64 ** 2) + 2 * (16 + 32 + 64),
    );
  });

  test('a stage three times as deep has each copy once', () => {
    const deep = withDepth(presets['tiny-vgg']!, 3);
    expect(kinds(deep).filter((kind) => kind === 'conv2d')).toHaveLength(12);
  });
});

describe('cut to a size', () => {
  test.each(imageNets)(
    '%s works at 28x28 and at 64x64 with maps of at least 4x4, and stays as it is at its own size',
    (name) => {
      for (const edge of [28, 64]) {
        const cut = cutToSize(presets[name]!, [edge, edge]);
        const last = figures(cut).findLast(({ outputShape }) => outputShape.length === 3)!;
        expect(Math.min(last.outputShape[0], last.outputShape[1]!)).toBeGreaterThanOrEqual(4);
      }
      expect(cutToSize(presets[name]!, [224, 224])).toEqual(presets[name]);
    },
  );

  test('resnet-18 at 32x32 has lost its first strides', () => {
    const cut = cutToSize(presets['resnet-18']!, [32, 32]);
    expect(cut.layers[0]).toMatchObject({ name: 'conv1', padding: 'same' });
    expect(figures(cut).find(({ name }) => name === 'conv1')!.outputShape).toEqual([32, 32, 64]);
  });
});

describe('pooling by other means', () => {
  test.each(poolings)('%s', (by) => {
    const network = withPooling(presets['conv-bn-pool']!, 'pool1', by, 16);
    const row = figures(network).find(({ name }) => name === (by === 'none' ? 'relu1' : 'pool1'))!;
    expect(row.outputShape).toEqual(by === 'none' ? [64, 64, 16] : [32, 32, 16]);
    expect(row.params).toBe(by === 'conv2d' ? 16 * 16 * 4 + 16 : 0);
  });
});

describe('batch norm before or after the activation', () => {
  test('changes places, and back', () => {
    const network = presets['conv-bn-pool']!;
    const after = withNormMoved(network, 'bn2');
    expect(after.layers.slice(4, 8).map(({ name }) => name)).toEqual(['conv2', 'relu2', 'bn2', 'pool2']);
    expect(totals(after)).toEqual(totals(network));
    expect(withNormMoved(after, 'bn2')).toEqual(network);
  });

  test('where branches name the layers, they follow', () => {
    const moved = withNormMoved(presets['resnet-20']!, 'conv1-bn');
    expect(
      figures(moved)
        .map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(['conv1', 'relu1', 'conv1-bn']);
    expect(moved.layers.find(({ name }) => name === 'block1-1.add')!.from).toContain('conv1-bn');
  });

  test('stays where no activation is beside it', () => {
    expect(withNormMoved(presets['resnet-20']!, 'block1-1.conv2-bn')).toEqual(presets['resnet-20']);
  });
});
