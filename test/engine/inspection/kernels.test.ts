import { describe, expect, it } from 'vitest';
import { Activations } from '../../../src-main/engine/inspection/activations.ts';
import { kernelReport, kernelsOf } from '../../../src-main/engine/inspection/kernels.ts';
import { kernelAt, nearestPairs } from '../../../src-main/shared/inspect/kernels.ts';
import type { KernelReport } from '../../../src-main/shared/inspect/kernels.ts';
import type { Network, NetworkJson } from '../../../src-main/shared/network/spec.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { expectClose, network, perturb, randomImages, withModel } from '../graph/helpers.ts';

type LayerJson = NetworkJson['layers'][number];
const ending: LayerJson[] = [
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];
const of = (layer: LayerJson, size: number): Network =>
  network([layer, ...ending], { size: [size, size], channels: 3 });
const report = (model: Model, net: Network, layer: string, weight?: string): KernelReport =>
  kernelReport(layer, kernelsOf(model, net, layer, weight), 0, null);

/** Sum of the products of two lists. */
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, at) => sum + value * b[at]!, 0);

describe('kernels are told in one order, that in which the engine lays them on', () => {
  it('of a convolution: the whole input under the kernel gives each map its one cell', () => {
    const net = of({ name: 'conv', kind: 'conv2d', filters: 4, kernelSize: [2, 2], useBias: false }, 2);
    return withModel(net, 2, { seed: 1 }, (model) => {
      perturb(model, 1);
      const activations = new Activations(model, net, randomImages(net, 1, 1));
      const { kernels, all, weights } = report(model, net, 'conv');
      expect([kernels.size, kernels.channels, all, weights]).toEqual([[2, 2], 3, 4, ['kernel']]);
      const made = [0, 1, 2, 3].map((number) => dot(activations.output('input').values, kernelAt(kernels, number)));
      expectClose(made, activations.output('conv').values, 1e-5, 'conv');
    });
  });

  it('of a depthwise one: each kernel is laid on its own channel', () => {
    const layer = { name: 'deep', kind: 'depthwiseConv2d', kernelSize: 2, depthMultiplier: 2, useBias: false } as const;
    const net = of(layer, 2);
    return withModel(net, 2, { seed: 2 }, (model) => {
      perturb(model, 2);
      const activations = new Activations(model, net, randomImages(net, 1, 2));
      const { kernels } = report(model, net, 'deep');
      expect([kernels.channels, kernels.count]).toEqual([1, 6]);
      const input = activations.output('input').values;
      const made = Array.from({ length: 6 }, (_, number) => {
        const channel = Math.floor(number / 2);
        const plane = Array.from({ length: 4 }, (_, cell) => input[cell * 3 + channel]!);
        return dot(plane, kernelAt(kernels, number));
      });
      expectClose(made, activations.output('deep').values, 1e-5, 'deep');
    });
  });

  it('of a transposed one: a single cell is spread by each kernel', () => {
    const net = of({ name: 'up', kind: 'conv2dTranspose', filters: 2, kernelSize: [2, 3], useBias: false }, 1);
    return withModel(net, 2, { seed: 3 }, (model) => {
      perturb(model, 3);
      const activations = new Activations(model, net, randomImages(net, 1, 3));
      const { kernels } = report(model, net, 'up');
      expect([kernels.size, kernels.channels, kernels.count]).toEqual([[2, 3], 3, 2]);
      const input = activations.output('input').values;
      for (const number of [0, 1]) {
        const kernel = kernelAt(kernels, number);
        const made = Array.from({ length: 6 }, (_, tap) => dot(input, kernel.subarray(tap * 3, tap * 3 + 3)));
        expectClose(made, activations.values('up', number), 1e-5, `kernel ${number}`);
      }
    });
  });

  it('of a dense layer: each unit has a weight for every input', () => {
    const net = of({ name: 'conv', kind: 'conv2d', filters: 5, kernelSize: 1 }, 3);
    return withModel(net, 3, { seed: 4 }, (model) => {
      perturb(model, 4);
      const activations = new Activations(model, net, randomImages(net, 1, 4));
      const { kernels } = report(model, net, 'logits');
      const bias = model.readWeights().find(({ name }) => name === 'logits/bias')!.values;
      const made = [0, 1, 2].map(
        (unit) => dot(activations.output('gap').values, kernelAt(kernels, unit)) + bias[unit]!,
      );
      expectClose(made, activations.output('logits').values, 1e-5, 'logits');
    });
  });

  it('a separable convolution has two kinds; other layers are refused', () => {
    const layer = { name: 'two', kind: 'separableConv2d', filters: 4, kernelSize: 3, depthMultiplier: 2 } as const;
    const net = of(layer, 4);
    return withModel(net, 2, { seed: 5 }, (model) => {
      expect(report(model, net, 'two')).toMatchObject({ weight: 'depthwiseKernel', all: 6, kernels: { size: [3, 3] } });
      const pointwise = report(model, net, 'two', 'pointwiseKernel');
      expect(pointwise).toMatchObject({ all: 4, kernels: { size: [1, 1], channels: 6 } });
      expect(() => report(model, net, 'gap')).toThrow('gap is globalAvgPool and has no kernels.');
      expect(() => report(model, net, 'two', 'kernel')).toThrow('has no kernel');
    });
  });
});

describe('figures of kernels', () => {
  const net = of({ name: 'conv', kind: 'conv2d', filters: 4, kernelSize: 1, useBias: false }, 2);
  /** [1, 1, 3 channels, 4 kernels]. */
  const written = (model: Model, values: number[]) =>
    model.writeWeights(
      model
        .readWeights()
        .map((tensor) => (tensor.name === 'conv/kernel' ? { ...tensor, values: Float32Array.from(values) } : tensor)),
    );

  it('are lengths, angles and changes, worked by hand', () =>
    withModel(net, 2, { seed: 1 }, (model) => {
      // Kernels (3, 0, 4), (-6, 0, -8), (0, 2, 0), (0, 0, 0).
      written(model, [3, -6, 0, 0, 0, 0, 2, 0, 4, -8, 0, 0]);
      const before = kernelsOf(model, net, 'conv').kernels;
      const told = report(model, net, 'conv');
      expect([...told.norms]).toEqual([5, 10, 2, 0]);
      expect([...told.similarity]).toEqual([1, -1, 0, 0, -1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
      expect(nearestPairs(told, 2)[0]).toEqual({ a: 0, b: 1, cosine: -1 });
      const broken = { similarity: Float32Array.of(1, NaN, 0.5, NaN, 1, NaN, 0.5, NaN, 1), similar: 3 };
      expect(nearestPairs(broken, 2)).toEqual([{ a: 0, b: 2, cosine: 0.5 }]);
      // Now (3, 0, 4), (0, 0, 0), (0, 2, 1), (1, 0, 0).
      written(model, [3, 0, 0, 1, 0, 0, 2, 0, 4, 0, 1, 0]);
      const { change } = kernelReport('conv', kernelsOf(model, net, 'conv'), 0, before);
      expect([...change!.relative]).toEqual([0, 1, 0.5, Infinity]);
      expect([...change!.kernels.values]).toEqual([...before.values]);
    }));

  it('travel in parts, and are not compared with those of another shape', () =>
    withModel(net, 2, { seed: 1 }, (model) => {
      const all = kernelsOf(model, net, 'conv');
      const rest = kernelReport('conv', all, 1, null);
      expect([rest.first, rest.kernels.count, rest.all]).toEqual([1, 3, 4]);
      expect([...kernelAt(rest.kernels, 0)]).toEqual([...kernelAt(all.kernels, 1)]);
      const other = { ...all.kernels, values: all.kernels.values.slice(1) };
      expect(() => kernelReport('conv', all, 0, other)).toThrow('another shape');
      expect(() => kernelReport('conv', all, 4, null)).toThrow('conv has no kernel 4.');
    }));
});
