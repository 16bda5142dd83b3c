/** Random networks against independent references: TensorFlow's own model, taps followed one by one, plain counting. */
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkNetwork, describeNetwork, inputsOf } from '../../../src-main/shared/network/index.ts';
import type { Network, Shape } from '../../../src-main/shared/network/spec.ts';
import { countMultiplyAccumulates } from '../../oracle/counting.ts';
import { Influence } from '../../oracle/influence.ts';
import { randomNetwork } from '../../oracle/random-network.ts';
import { buildTfModel } from '../../oracle/tf-model.ts';

/** A hundred in every run, thousands in the soak. */
const runs = process.env.RECEPTIVE_SOAK ? 3000 : 100;
const networks = fc.gen().map((g) => randomNetwork((min, max) => g(fc.integer, { min, max })));

function countOf(weights: tf.LayerVariable[]): number {
  return weights.reduce((sum, weight) => sum + weight.shape.reduce<number>((a, b) => a * (b ?? 1), 1), 0);
}

test('shapes and parameters are those of the model that TensorFlow builds', () => {
  fc.assert(
    fc.property(networks, (network) => {
      const { model, outputs, layers } = buildTfModel(network, 10);
      const description = describeNetwork(network, 10);
      for (const row of description.layers) {
        const layer = layers.get(row.name)!;
        expect(row.outputShape, row.name).toEqual(outputs.get(row.name)!.shape.slice(1));
        expect(row.params, row.name).toBe(countOf(layer.trainableWeights));
        expect(row.nonTrainable, row.name).toBe(countOf(layer.nonTrainableWeights));
        const biases = layer.trainableWeights.filter((weight) => /(^|\/)bias/.test(weight.originalName));
        expect(row.paramsWithoutBias, row.name).toBe(row.params - countOf(biases));
      }
      expect(description.totals.params).toBe(countOf(model.trainableWeights));
      expect(description.totals.nonTrainable).toBe(countOf(model.nonTrainableWeights));
      tf.dispose([...layers.values()].flatMap((layer) => layer.weights.map((weight) => weight.read())));
    }),
    { seed: 20, numRuns: runs },
  );
});

test('multiply-accumulates are those that plain loops do', () => {
  fc.assert(
    fc.property(networks, (network) => {
      for (const [index, row] of checkNetwork(network, 10).entries()) {
        const input = (Array.isArray(row.inputShape[0]) ? row.inputShape[0] : row.inputShape) as Shape;
        expect(row.macs, row.name).toBe(countMultiplyAccumulates(network.layers[index]!, input, row.outputShape));
      }
    }),
    { seed: 21, numRuns: runs },
  );
});

test('receptive fields are the boxes of the pixels that can influence a cell', () => {
  fc.assert(
    fc.property(networks, (network) => {
      const rows = checkNetwork(network, 10);
      const influence = new Influence(network, shapesOf(network));
      for (const row of rows.filter((row) => row.outputShape.length === 3)) {
        const [height, width] = row.outputShape;
        const down = Array.from({ length: height }, (_, y) => influence.box(row.name, [y, 0])[0]);
        const across = Array.from({ length: width! }, (_, x) => influence.box(row.name, [0, x])[1]);
        expect(row.receptiveField.size, row.name).toEqual([Math.max(...down), Math.max(...across)]);
      }
    }),
    { seed: 22, numRuns: runs },
  );
});

test('the first pixel that cell (0, 0) sees is where its box starts', () => {
  fc.assert(
    fc.property(networks, (network) => {
      const influence = new Influence(network, shapesOf(network));
      for (const row of checkNetwork(network, 10).filter((row) => row.outputShape.length === 3)) {
        const corner = influence.corner(row.name, [0, 0]);
        if (corner) expect(row.receptiveField.start, row.name).toEqual(corner);
      }
    }),
    { seed: 24, numRuns: runs },
  );
});

test('a network is described the same in any order of its list', () => {
  fc.assert(
    fc.property(networks, (network) => {
      const from = inputsOf(network);
      const explicit = network.layers.map((layer, i) => ({ ...layer, from: from[i]! }));
      const last = explicit.at(-1)!;
      const turned = { ...network, layers: [...explicit.slice(0, -1).reverse(), last] } as Network;
      const byName = new Map(checkNetwork(network, 10).map((row) => [row.name, row]));
      for (const row of checkNetwork(turned, 10)) expect(row).toEqual(byName.get(row.name));
    }),
    { seed: 23, numRuns: 40 },
  );
});

function shapesOf(network: Network): Map<string, Shape> {
  const { size, channels } = network.input;
  const shapes = new Map<string, Shape>([['input', [...size, channels]]]);
  for (const row of checkNetwork(network, 10)) shapes.set(row.name, row.outputShape);
  return shapes;
}
