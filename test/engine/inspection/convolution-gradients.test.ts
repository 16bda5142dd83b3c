import { describe, expect, it, test } from 'vitest';
import { convolutionGradients } from '../../../src-main/engine/inspection/convolution-gradients.ts';
import { lossGradient } from '../../../src-main/engine/inspection/loss-gradient.ts';
import { dilate, pad, surround, turn } from '../../../src-main/shared/inspect/convolution-gradients.ts';
import type { LayerOf } from '../../../src-main/shared/network/spec.ts';
import { flat, PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { expectClose, network, perturb, randomImages, scaled, withModel } from '../graph/helpers.ts';

type Conv = Partial<Omit<LayerOf<'conv2d'>, 'name' | 'kind'>>;
const netOf = (conv: Conv) =>
  network([
    { name: 'conv1', kind: 'conv2d', filters: 3, kernelSize: 2, padding: 'same' },
    { name: 'act1', kind: 'activation', function: 'tanh' },
    { name: 'conv2', kind: 'conv2d', filters: 4, kernelSize: 3, ...conv },
    { name: 'act2', kind: 'activation', function: 'tanh' },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ]);

test.each<[string, Conv]>([
  ['as it comes', {}],
  ['stride 2 that leaves a column over', { strides: [2, 2], padding: [1, 1] }],
  ['same, unequal strides', { strides: [1, 3], padding: 'same' }],
  ['dilation', { dilationRate: [2, 2], kernelSize: [2, 2] }],
  ['dilation and explicit padding', { dilationRate: [2, 1], padding: [2, 1] }],
  ['a kernel larger than its step, padded wide', { kernelSize: [4, 2], strides: [3, 1], padding: [3, 1] }],
])('%s: the gradients as convolutions are those of back-propagation', async (_what, conv) => {
  const net = netOf(conv);
  await withModel(net, 3, { seed: 5 }, (model) => {
    perturb(model, 6);
    const pixels = randomImages(net, 1, 7);
    const found = convolutionGradients(model, net, pixels, { layer: 'conv2', filter: 3, channel: 1, target: 2 });
    expect(found.checked).toBe(3);
    expect(found.kernelGradient.difference).toBeLessThan(1e-4);
    expect(found.inputGradient.difference).toBeLessThan(1e-4);
    expectClose(found.kernelGradient.convolution.values, [...found.kernelGradient.engine.values], 1e-4, 'kernel');
    expectClose(found.inputGradient.convolution.values, [...found.inputGradient.engine.values], 1e-4, 'input');
    expect(found.inputGradient.engine.values.some((value) => Math.abs(value) > 1e-4)).toBe(true);
  });
});

test('both are those of plain arrays', async () => {
  const net = netOf({ strides: [2, 1], padding: [1, 0] });
  await withModel(net, 3, { seed: 5 }, (model) => {
    perturb(model, 6);
    const pixels = randomImages(net, 1, 7);
    const image = toCells(scaled(pixels), [7, 6, 2]);
    const weights = model.readWeights();
    const loss = (changed = weights, of = image) => -Math.log(new PlainNetwork(net, changed).probabilities(of)[2]!);
    expect(lossGradient(model, pixels, 2).loss).toBeCloseTo(loss(), 5);
    const { kernelGradient } = convolutionGradients(model, net, pixels, {
      layer: 'conv2',
      filter: 3,
      channel: 1,
      target: 2,
    });
    const slopes = Array.from({ length: 9 }, (_, tap) => {
      const nudged = (by: number) =>
        weights.map((one) => {
          if (one.name !== 'conv2/kernel') return one;
          // [3, 3, 3, 4]: tap, channel 1, filter 3; in double precision, which float32 has not.
          const values = Float64Array.from(one.values);
          values[(tap * 3 + 1) * 4 + 3]! += by;
          return { ...one, values: values as never };
        });
      return (loss(nudged(1e-5)) - loss(nudged(-1e-5))) / 2e-5;
    });
    expectClose(kernelGradient.convolution.values, slopes, 1e-4, 'by the kernel');

    const first = convolutionGradients(model, net, pixels, { layer: 'conv1', filter: 0, channel: 0, target: 2 });
    const byPixel = flat(image).flatMap((_, at) => {
      if (at % 2 === 1) return [];
      const nudged = (by: number) => toCells(flat(image).with(at, flat(image)[at]! + by), [7, 6, 2]);
      return [(loss(weights, nudged(1e-5)) - loss(weights, nudged(-1e-5))) / 2e-5];
    });
    expectClose(first.inputGradient.convolution.values, byPixel, 1e-4, 'by the input');
  });
});

test('other layers, and filters that are not there, are refused', async () => {
  const net = netOf({});
  await withModel(net, 3, { seed: 5 }, (model) => {
    const ask = (layer: string, filter: number) => () =>
      convolutionGradients(model, net, randomImages(net, 1, 7), { layer, filter, channel: 0, target: 0 });
    expect(ask('gap', 0)).toThrow(/no convolution/);
    expect(ask('conv2', 4)).toThrow(/has 4 filters and 3 input channels/);
  });
});

describe('planes', () => {
  const plane = { height: 2, width: 2, values: Float64Array.of(1, 2, 3, 4) };

  it('are turned, dilated and padded', () => {
    expect([...turn(plane).values]).toEqual([4, 3, 2, 1]);
    expect(dilate(plane, [1, 2])).toMatchObject({ height: 2, width: 3, values: Float64Array.of(1, 0, 2, 3, 0, 4) });
    const cut = pad(plane, [
      [-1, 0],
      [0, 1],
    ]);
    expect(cut).toMatchObject({ height: 1, width: 3, values: Float64Array.of(3, 4, 0) });
  });

  it('delta is surrounded so that the kernel meets every cell of the input', () => {
    const geometry = {
      strides: [2, 2],
      dilation: [1, 1],
      padding: [
        [1, 1],
        [1, 1],
      ],
    } as const;
    const around = surround(plane, { height: 3, width: 3, values: new Float64Array(9) }, [4, 4], geometry as never);
    expect([around.height, around.width]).toEqual([6, 6]);
    expect(around.values[1 * 6 + 1]).toBe(1);
    expect(around.values[3 * 6 + 3]).toBe(4);
  });
});
