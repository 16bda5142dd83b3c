import { expect, test } from 'vitest';
import { distributions } from '../../../src-main/engine/inspection/distributions.ts';
import { gradientFindings } from '../../../src-main/shared/inspect/distributions.ts';
import { flat, PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { network, perturb, randomImages, scaled, withModel } from '../graph/helpers.ts';

const net = network([
  { name: 'conv1', kind: 'conv2d', filters: 3, kernelSize: 2, padding: 'same' },
  { name: 'act1', kind: 'activation', function: 'tanh' },
  { name: 'unused', kind: 'conv2d', filters: 2, kernelSize: 1 },
  { name: 'flat', kind: 'flatten', from: ['act1'] },
  { name: 'logits', kind: 'dense', units: 'classes' },
]);
const rootMeanSquare = (values: number[]) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

test('sizes of activations, weights and gradients are those of plain arrays', async () => {
  await withModel(net, 3, { seed: 5 }, (model) => {
    perturb(model, 6);
    const pixels = randomImages(net, 1, 7);
    const image = toCells(scaled(pixels), [7, 6, 2]);
    const weights = model.readWeights();
    const plain = new PlainNetwork(net, weights);
    const { loss, layers } = distributions(model, net, pixels, 1);
    expect(loss).toBeCloseTo(-Math.log(plain.probabilities(image)[1]!), 5);
    expect(layers.map(({ name }) => name)).toEqual(['conv1', 'act1', 'unused', 'flat', 'logits']);
    const [conv, , unused] = layers;
    const of = (name: string) => layers.find((layer) => layer.name === name)!;
    for (const name of ['conv1', 'act1', 'unused', 'logits']) {
      expect(of(name).activations.size).toBeCloseTo(rootMeanSquare(flat(plain.run(image).get(name)!)), 5);
    }
    // The gradient of the cross-entropy: that of each logit, by its probability less the target.
    const shares = plain.probabilities(image).map((probability, unit) => probability - Number(unit === 1));
    const slopes = [0, 1, 2].map((unit) => flat(plain.gradient(image, 'conv1', unit)));
    const gradient = slopes[0]!.map((_, at) =>
      shares.reduce((sum, share, unit) => sum + share * slopes[unit]![at]!, 0),
    );
    expect(conv!.gradient!.size).toBeCloseTo(rootMeanSquare(gradient), 6);
    const kernel = weights.find(({ name }) => name === 'conv1/kernel')!;
    expect(conv!.weights[0]).toMatchObject({ field: 'kernel', values: { broken: 0 } });
    expect(conv!.weights[0]!.values.size).toBeCloseTo(rootMeanSquare([...kernel.values]), 5);
    expect(unused!.gradient).toBeNull();
    expect(unused!.weights.every((one) => one.gradient === null)).toBe(true);
    expect(of('act1').saturated).not.toBeNull();
    expect(gradientFindings(layers)).toEqual([]);
  });
});

test('weights that are no numbers are found', async () => {
  await withModel(net, 3, { seed: 5 }, (model) => {
    model.writeWeights(model.readWeights().map((one) => ({ ...one, values: one.values.map(() => NaN) })));
    const { layers } = distributions(model, net, randomImages(net, 1, 7), 1);
    expect(layers[0]!.weights[0]!.values.broken).toBe(24);
    expect(gradientFindings(layers)).toEqual([{ kind: 'broken', layer: 'logits' }]);
  });
});
