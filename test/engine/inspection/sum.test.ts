import { describe, expect, it } from 'vitest';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { Activations } from '../../../src-main/engine/inspection/activations.ts';
import { sumOfMap } from '../../../src-main/engine/inspection/sum.ts';
import { channelSums, patchAt, slideKernel } from '../../../src-main/shared/inspect/convolution.ts';
import { applied } from '../../../src-main/shared/inspect/sum.ts';
import { activationFunctions } from '../../../src-main/shared/network/spec.ts';
import type { Network, NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { expectClose, network, perturb, randomImages, scaled, withModel } from '../graph/helpers.ts';

/** One convolution in each of the ways it can slide, batch norm and an activation, and a dense layer. */
function randomNetwork(seed: number): Network {
  const random = createRandom(seed, 'sums');
  const pick = (from: number, to: number) => from + random.int(to - from + 1);
  const dilated = random.int(2) === 1;
  const paddings = ['valid', 'same', [pick(0, 2), pick(0, 2)]] as const;
  const layers: NetworkJson['layers'] = [
    { name: 'first', kind: 'conv2d', filters: pick(2, 4), kernelSize: pick(1, 3), padding: 'same' },
    {
      name: 'conv',
      kind: 'conv2d',
      filters: pick(2, 3),
      kernelSize: [pick(1, 3), pick(1, 4)],
      padding: paddings[random.int(3)] as 'valid',
      useBias: random.int(2) === 1,
      ...(dilated ? { dilationRate: [pick(1, 2), 2] } : { strides: [pick(1, 2), pick(1, 3)] }),
    },
    { name: 'bn', kind: 'batchNorm' },
    { name: 'act', kind: 'activation', function: ['relu', 'tanh'][random.int(2)] as 'relu' },
    { name: 'flat', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ];
  return network(layers, { size: [pick(8, 11), pick(9, 12)], channels: pick(1, 3) });
}

/** Every sum of a layer, and what follows it, against the plain network's numbers. */
function expectSums(net: Network, model: Model, seed: number, layers: readonly string[]): Activations {
  const pixels = randomImages(net, 1, seed);
  const { size, channels } = net.input;
  const plain = new PlainNetwork(net, model.readWeights()).run(toCells(scaled(pixels), [...size, channels]));
  const activations = new Activations(model, net, pixels);
  for (const layer of layers) {
    const cells = plain.get(layer)!;
    for (let map = 0; map < cells[0]![0]!.length; map++) {
      const sum = sumOfMap(model, net, activations, layer, map);
      const expected = cells.flat().map((cell) => cell[map]!);
      expect(sum.size).toEqual([cells.length, cells[0]!.length]);
      const all = slideKernel(sum.input, sum.kernel, sum.sliding, sum.size).map((value) => value + (sum.bias ?? 0));
      expectClose(all, expected, 1e-5, `${layer} ${map}`);
      const one = expected.map((_, at) => {
        const cell: [number, number] = [Math.floor(at / sum.size[1]), at % sum.size[1]];
        const sums = channelSums(patchAt(sum.input, sum.kernel, sum.sliding, cell), sum.kernel);
        return sums.reduce((a, b) => a + b, sum.bias ?? 0);
      });
      expectClose(one, expected, 1e-5, `${layer} ${map}, cell by cell`);
      expectClose(sum.output, expected, 1e-5, `${layer} ${map}, the engine`);
      let values = one;
      for (const after of sum.after) {
        values = values.map((value, cell) => applied(value, after, cell));
        const plainly = plain
          .get(after.layer)!
          .flat()
          .map((cell) => cell[map]!);
        expectClose(values, plainly, 1e-5, after.layer);
        expectClose(after.output, plainly, 1e-5, `${after.layer}, the engine`);
      }
    }
  }
  return activations;
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('the sums of a random network (%i)', (seed) => {
  const net = randomNetwork(seed);

  it('are those of plain arrays at every cell, and so is what follows them', () =>
    withModel(net, 3, { seed }, (model) => {
      perturb(model, seed);
      const activations = expectSums(net, model, seed, ['first', 'conv', 'logits']);
      expect(sumOfMap(model, net, activations, 'conv', 0).after.map(({ layer }) => layer)).toEqual(['bn', 'act']);
      const unit = sumOfMap(model, net, activations, 'logits', 2);
      expect(unit).toMatchObject({ map: 2, maps: 3, size: [1, 1], source: 'flat', after: [] });
    }));
});

describe.each([1, 2, 3, 4])('depthwise, separable and transposed convolutions, layer and group norm (%i)', (seed) => {
  const random = createRandom(seed, 'kinds of sums');
  const pick = (from: number, to: number) => from + random.int(to - from + 1);
  const padding = () => (['valid', 'same', [pick(0, 1), pick(0, 1)]] as const)[random.int(3)] as 'valid';
  const pair = (from: number, to: number): [number, number] => [pick(from, to), pick(from, to)];
  const sliding = () => ({
    kernelSize: pair(1, 3),
    strides: pair(1, 2),
    padding: padding(),
    useBias: pick(0, 1) === 1,
  });
  const net = network(
    [
      { name: 'deep', kind: 'depthwiseConv2d', depthMultiplier: 2, ...sliding() },
      { name: 'layers', kind: 'layerNorm' },
      { name: 'left', kind: 'dropout', rate: 0.5 },
      { name: 'act', kind: 'activation', function: 'tanh' },
      { name: 'both', kind: 'separableConv2d', filters: 6, depthMultiplier: pick(1, 2), ...sliding() },
      { name: 'groups', kind: 'groupNorm', groups: 3 },
      { name: 'back', kind: 'conv2dTranspose', filters: 2, ...sliding(), kernelSize: pair(2, 4), strides: pair(1, 3) },
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ],
    { size: [pick(9, 11), pick(10, 12)], channels: 2 },
  );

  it('are those of plain arrays at every cell, and so is what follows them', () =>
    withModel(net, 2, { seed }, (model) => {
      perturb(model, seed);
      const activations = expectSums(net, model, seed, ['deep', 'both', 'back']);
      const sums = ['deep', 'both', 'back'].map((layer) => sumOfMap(model, net, activations, layer, 1));
      expect(sums.map(({ after }) => after.map(({ layer }) => layer))).toEqual([['layers', 'act'], ['groups'], []]);
      expect(sums.map(({ firstChannel, kernel }) => [firstChannel, kernel.channels])).toEqual([
        [0, 1],
        [0, 4],
        [0, 6],
      ]);
    }));
});

it.each(activationFunctions)('%s is computed as the engine does', (name) => {
  const net = network([
    { name: 'conv', kind: 'conv2d', filters: 1, kernelSize: 2 },
    { name: 'act', kind: 'activation', function: name },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ]);
  return withModel(net, 2, { seed: 5 }, (model) => {
    const weights = model.readWeights();
    const spread = weights.map((tensor) => ({ ...tensor, values: tensor.values.map((value) => value * 6) }));
    model.writeWeights(spread);
    const sum = sumOfMap(model, net, new Activations(model, net, randomImages(net, 1, 5)), 'conv', 0);
    const [after] = sum.after;
    expectClose(
      sum.output.map((value, cell) => applied(value, after!, cell)),
      after!.output,
      1e-5,
      name,
    );
  });
});

it('what is used by several layers is not taken to be changed by one of them; other kinds are refused', () => {
  const net = network([
    { name: 'conv', kind: 'conv2d', filters: 2, kernelSize: 3, padding: 'same' },
    { name: 'act', kind: 'activation', function: 'relu' },
    { name: 'skip', kind: 'add', from: ['conv', 'act'] },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ]);
  return withModel(net, 2, { seed: 5 }, (model) => {
    const activations = new Activations(model, net, randomImages(net, 1, 5));
    expect(sumOfMap(model, net, activations, 'conv', 0).after).toEqual([]);
    expect(() => sumOfMap(model, net, activations, 'skip', 0)).toThrow('skip is add; sums are shown of convolutions');
    expect(() => sumOfMap(model, net, activations, 'logits', 2)).toThrow('logits has no unit 2; it has 2.');
  });
});
