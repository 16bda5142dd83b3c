/** Each optimizer against its formula in plain arrays of float64. */
import { describe, expect, test } from 'vitest';
import type { OptimizerName } from '../../../src-main/shared/run.ts';
import { expectClose, network, randomImages, randomLabels, withModel } from './helpers.ts';

interface State {
  m: Float64Array;
  v: Float64Array;
}
type Rule = (w: number, g: number, i: number, state: State, step: number, rate: number) => number;

const adamRule: Rule = (w, g, i, { m, v }, step, rate) => {
  m[i] = 0.9 * (m[i] as number) + 0.1 * g;
  v[i] = 0.999 * (v[i] as number) + 0.001 * g * g;
  const corrected = (rate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
  return w - (corrected * (m[i] as number)) / (Math.sqrt(v[i] as number) + 1e-7);
};

const rules: Record<OptimizerName, Rule> = {
  sgd: (w, g, _i, _state, _step, rate) => w - rate * g,
  momentum: (w, g, i, { m }, _step, rate) => {
    m[i] = 0.9 * (m[i] as number) - rate * g;
    return w + (m[i] as number);
  },
  // Sutskever et al. 2013, as in Keras: the gradient's step, and the new velocity's on top.
  nesterov: (w, g, i, { m }, _step, rate) => {
    m[i] = 0.9 * (m[i] as number) - rate * g;
    return w + 0.9 * (m[i] as number) - rate * g;
  },
  rmsprop: (w, g, i, { v }, _step, rate) => {
    v[i] = 0.9 * (v[i] as number) + 0.1 * g * g;
    return w - (rate * g) / Math.sqrt((v[i] as number) + 1e-7);
  },
  adam: adamRule,
  adamw: adamRule,
};

const net = network([
  { name: 'conv', kind: 'conv2d', filters: 3, kernelSize: 3 },
  { name: 'dw', kind: 'depthwiseConv2d', kernelSize: 2 },
  { name: 'bn', kind: 'batchNorm' },
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
]);
const classes = 3;
const batch = 4;
/** A schedule: the rate of each step. */
const rates = [0.1, 0.05, 0.2, 0.01];

describe.each(Object.keys(rules) as OptimizerName[])('%s', (optimizer) => {
  test.each([0, 0.3])('follows its formula at changing learning rates (weight decay %s)', async (weightDecay) => {
    await withModel(net, classes, { seed: 2, optimizer, weightDecay }, (model) => {
      const trainable = model.variables.filter((variable) => variable.trainable).map(({ name }) => name);
      const read = () => new Map(model.readWeights().map(({ name, values }) => [name, values]));
      const states = new Map(
        trainable.map((name): [string, State] => {
          const size = read().get(name)?.length ?? 0;
          return [name, { m: new Float64Array(size), v: new Float64Array(size) }];
        }),
      );
      for (const [index, rate] of rates.entries()) {
        const pixels = randomImages(net, batch, index);
        const labels = randomLabels(batch, classes, index);
        const before = read();
        const gradients = model.fetch(
          pixels,
          trainable.map((name) => `${name}/gradient`),
          { training: true, labels },
        );
        model.step(pixels, labels, rate);
        const after = read();
        for (const name of trainable) {
          const decay = /[kK]ernel$/.test(name) ? weightDecay : 0;
          const g = gradients[`${name}/gradient`]?.values ?? new Float32Array();
          const state = states.get(name) as State;
          const w = before.get(name) ?? new Float32Array();
          const expected = Array.from(w, (value, i) =>
            rules[optimizer](value * (1 - rate * decay), g[i] as number, i, state, index + 1, rate),
          );
          expectClose(after.get(name) ?? [], expected, 1e-5, `${name} after step ${index + 1}`);
        }
        expect(after.get('iterations')).toEqual(Float32Array.of(index + 1));
      }
    });
  });
});

test.each(Object.keys(rules) as OptimizerName[])(
  'weight decay beside %s shrinks kernels and leaves biases, gamma and beta alone',
  async (optimizer) => {
    const pixels = randomImages(net, batch, 1);
    const labels = randomLabels(batch, classes, 1);
    const step = async (weightDecay: number): Promise<Map<string, Float32Array>> => {
      let weights = new Map<string, Float32Array>();
      await withModel(net, classes, { seed: 2, optimizer, weightDecay }, (model) => {
        model.step(pixels, labels, 0.1);
        weights = new Map(model.readWeights().map(({ name, values }) => [name, values]));
      });
      return weights;
    };
    const [plain, decayed] = [await step(0), await step(0.5)];
    const changed = [...plain.keys()].filter((name) => String(plain.get(name)) !== String(decayed.get(name)));
    expect(changed.sort()).toEqual(['conv/kernel', 'dw/depthwiseKernel', 'logits/kernel']);
  },
);
