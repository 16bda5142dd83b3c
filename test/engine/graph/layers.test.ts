import { describe, expect, test } from 'vitest';
import { describeNetwork } from '../../../src-main/shared/network/index.ts';
import { layerKinds } from '../../../src-main/shared/network/spec.ts';
import { tf } from '../../../src-main/engine/tensorflow.ts';
import { expectClose, perturb, randomImages, randomLabels, scaled, withModel } from './helpers.ts';
import { cases, classes, netOf } from './layer-cases.ts';
import { differentiate, forward, toTensors } from './reference.ts';

const batch = 5;

test('every layer kind is tried', () => {
  const tried = new Set(cases.flatMap(([, layers]) => layers.map(({ kind }) => kind)));
  expect([...tried].sort()).toEqual([...layerKinds].sort());
});

describe.each(cases)('%s', (_name, layers) => {
  const net = netOf(layers);
  const pixels = randomImages(net, batch, 11);
  const labels = randomLabels(batch, classes, 12);

  test('forward and backward agree with autodiff', async () => {
    await withModel(net, classes, { seed: 5 }, (model) => {
      perturb(model, 6);
      const trainable = model.variables.filter((variable) => variable.trainable).map(({ name }) => name);
      const weights = model.readWeights();
      const names = [
        ...net.layers.map(({ name }) => `${name}/output`),
        'input/output/gradient',
        ...trainable.map((name) => `${name}/gradient`),
      ];
      const fetched = model.fetch(pixels, names, { training: true, labels });
      tf.engine().startScope();
      const oracle = differentiate(net, weights, trainable, scaled(pixels), labels);
      for (const { name } of net.layers) {
        const { shape, values } = fetched[`${name}/output`] as (typeof fetched)[string];
        const expected = oracle.outputs.get(name);
        expect(shape, name).toEqual(expected?.shape);
        expectClose(values, expected?.dataSync() ?? [], 1e-5, `${name}/output`);
      }
      for (const name of ['input/output', ...trainable]) {
        const { shape, values } = fetched[`${name}/gradient`] as (typeof fetched)[string];
        const expected = oracle.gradients.get(name.replace('/output', ''));
        expect(shape, name).toEqual(expected?.shape);
        expectClose(values, expected?.dataSync() ?? [], 1e-4, `${name}/gradient`);
      }
      for (const output of oracle.outputs.values()) output.dispose();
      tf.engine().endScope();
    });
  });

  test('inference agrees with tfjs, and shapes with the description', async () => {
    await withModel(net, classes, { seed: 5 }, (model) => {
      perturb(model, 6);
      const fetched = model.fetch(
        pixels,
        net.layers.map(({ name }) => `${name}/output`),
      );
      tf.tidy(() => {
        const x = tf.tensor(scaled(pixels), [batch, ...net.input.size, net.input.channels]);
        const expected = forward(net, toTensors(model.readWeights()), x, false);
        const described = describeNetwork(net, classes);
        for (const [i, { name }] of net.layers.entries()) {
          const { shape, values } = fetched[`${name}/output`] as (typeof fetched)[string];
          expect(shape).toEqual([batch, ...(described.layers[i]?.outputShape ?? [])]);
          expectClose(values, expected.get(name)?.dataSync() ?? [], 1e-5, name);
        }
      });
    });
  });
});
