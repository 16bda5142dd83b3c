import { expect, test } from 'vitest';
import type { NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { flat, PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { expectClose, network, perturb, randomImages, scaled, withModel } from './helpers.ts';

/** A shortcut, strides, padding, both pools, batch norm with its running statistics, dropout. */
const layers: NetworkJson['layers'] = [
  { name: 'conv1', kind: 'conv2d', filters: 3, kernelSize: 3, padding: 'same' },
  { name: 'bn1', kind: 'batchNorm' },
  { name: 'act1', kind: 'activation', function: 'tanh' },
  { name: 'conv2', kind: 'conv2d', filters: 3, kernelSize: [2, 3], padding: 'same', dilationRate: [1, 2] },
  { name: 'skip', kind: 'add', from: ['act1', 'conv2'] },
  { name: 'pool1', kind: 'maxPool', poolSize: 2, padding: [1, 0] },
  { name: 'conv3', kind: 'conv2d', filters: 4, kernelSize: 3, strides: 2, padding: [1, 1] },
  { name: 'drop', kind: 'dropout', rate: 0.5 },
  { name: 'flat', kind: 'flatten' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];

test('the gradients of a logit in inference mode are those of plain arrays', async () => {
  const net = network(layers);
  await withModel(net, 3, { seed: 3, normalisation: { mean: [0.4, 0.5], deviation: [0.3, 0.2] } }, (model) => {
    perturb(model, 5);
    const plain = new PlainNetwork(net, model.readWeights());
    const inputs = scaled(randomImages(net, 1, 7));
    const image = toCells(inputs, [7, 6, 2]);
    const outputs = plain.run(image);
    for (const unit of [0, 2]) {
      const weights = Float32Array.from({ length: 3 }, (_, i) => Number(i === unit));
      for (const name of ['input', 'conv1', 'act1', 'skip', 'pool1', 'conv3']) {
        const found = model.explain(inputs, weights, ['logits/output', `${name}/output/gradient`]);
        expectClose(found['logits/output'].values, flat(outputs.get('logits')!), 1e-5, 'logits');
        const expected = flat(plain.gradient(image, name, unit));
        expectClose(found[`${name}/output/gradient`]!.values, expected, 1e-4, `${name}, gradient of logit ${unit}`);
      }
    }
  });
});

test('a layer that shares its input with others has an input gradient of its own', async () => {
  const net = network(layers);
  await withModel(net, 3, { seed: 3 }, (model) => {
    perturb(model, 5);
    const inputs = scaled(randomImages(net, 2, 7));
    const weights = Float32Array.of(1, 0, 0, 0.5, -1, 2);
    const {
      'conv2/inputs/0/gradient': byConv,
      'skip/inputs/0/gradient': bySkip,
      ...sum
    } = model.explain(inputs, weights, ['conv2/inputs/0/gradient', 'skip/inputs/0/gradient', 'act1/output/gradient']);
    const added = byConv.values.map((value, i) => value + bySkip.values[i]!);
    expectClose(sum['act1/output/gradient'].values, added, 1e-6, 'the sum over its users');
    expect(byConv.values.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });
});

/** act1 and skip lie beside bn2, side leads nowhere. */
const branching: NetworkJson['layers'] = [
  ...layers.slice(0, 4),
  { name: 'bn2', kind: 'batchNorm' },
  { name: 'skip', kind: 'add', from: ['act1', 'bn2'] },
  { name: 'side', kind: 'conv2d', from: ['bn2'], filters: 2, kernelSize: 2, strides: 2 },
  ...layers.slice(5).map((layer) => (layer.name === 'pool1' ? { ...layer, from: ['skip'] } : layer)),
];

test('the gradients of any layer are those of plain arrays, one that leads nowhere too', async () => {
  const net = network(branching);
  await withModel(net, 3, { seed: 3 }, (model) => {
    perturb(model, 5);
    const plain = new PlainNetwork(net, model.readWeights());
    const inputs = scaled(randomImages(net, 1, 7));
    for (const of of ['conv1', 'bn2', 'skip', 'side', 'pool1', 'logits']) {
      const output = flat(plain.run(toCells(inputs, [7, 6, 2])).get(of)!);
      const weights = Float32Array.from(output, (_, i) => Math.sin(i + 1));
      const expected = plain.imageGradient(toCells(inputs, [7, 6, 2]), of, weights);
      const found = model.explain(inputs, weights, ['input/output/gradient', `${of}/output`], of);
      expectClose(found['input/output/gradient'].values, expected, 1e-4, `gradient of ${of}`);
      expectClose(found[`${of}/output`]!.values, output, 1e-4, of);
    }
  });
});

test('what a layer adds up twice counts twice, and what is fed is not looked through', async () => {
  const net = network([
    { name: 'conv1', kind: 'conv2d', filters: 2, kernelSize: 2 },
    { name: 'drop', kind: 'dropout', rate: 0.5 },
    { name: 'twice', kind: 'add', from: ['drop', 'conv1'] },
    { name: 'flat', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ]);
  await withModel(net, 3, { seed: 3 }, (model) => {
    const inputs = scaled(randomImages(net, 1, 7));
    const weights = Float32Array.from({ length: 6 * 5 * 2 }, (_, i) => Math.sin(i));
    const of = (layer: string) =>
      model.explain(inputs, weights, ['input/output/gradient'], layer)['input/output/gradient'].values;
    const once = of('conv1');
    expectClose(of('drop'), once, 1e-6, 'drop');
    expectClose(
      of('twice'),
      once.map((slope) => 2 * slope),
      1e-6,
      'twice',
    );
  });
});

test('broken weights beside or behind a layer do not reach its gradient', async () => {
  const net = network(branching);
  await withModel(net, 3, { seed: 3 }, (model) => {
    const inputs = scaled(randomImages(net, 2, 7));
    const shape = model.fetch(randomImages(net, 1, 1), ['bn2/output'])['bn2/output'].shape;
    const weights = new Float32Array(2 * shape.reduce((a, b) => a * b)).fill(1);
    const gradient = () =>
      model.explain(inputs, weights, ['input/output/gradient'], 'bn2')['input/output/gradient'].values;
    const before = gradient();
    const broken = model.readWeights().map((one) => {
      return /^(side|conv3|logits)/.test(one.name) ? { ...one, values: one.values.map(() => NaN) } : one;
    });
    model.writeWeights(broken);
    expect(gradient()).toEqual(before);
    expect(before.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });
});

test('a model that trains is not explained', async () => {
  const net = network(layers);
  await withModel(net, 3, { seed: 3, optimizer: 'sgd' }, (model) => {
    const explain = () =>
      model.explain(scaled(randomImages(net, 1, 7)), new Float32Array(3), ['input/output/gradient']);
    expect(explain).toThrow(/no tensor called/);
  });
});
