import { describe, expect, test } from 'vitest';
import { ReceptiveError } from '../../../src-main/shared/errors.ts';
import { describeNetwork, parseNetwork, presetNames, presets } from '../../../src-main/shared/network/index.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { names } from '../../../src-main/engine/graph/compile.ts';
import { Model } from '../../../src-main/engine/graph/model.ts';
import { binding, deviceReport, tf } from '../../../src-main/engine/tensorflow.ts';
import { network, randomImages, randomLabels, withModel } from './helpers.ts';

const classes = 3;
const net = network(
  [
    { name: 'conv1', kind: 'conv2d', filters: 8, kernelSize: 3, padding: 'same', useBias: false },
    { name: 'bn1', kind: 'batchNorm' },
    { name: 'relu1', kind: 'activation', function: 'relu' },
    { name: 'pool1', kind: 'maxPool', poolSize: 2 },
    { name: 'drop', kind: 'dropout', rate: 0.1 },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
  { size: [12, 12], channels: 1 },
);

/** Constants and variables lead to the same numbers in another order of roundings. */
function expectClose(some: Float32Array, others: Float32Array): void {
  expect(some.length).toBe(others.length);
  for (const [at, value] of some.entries()) expect(Math.abs(value - others[at]!)).toBeLessThan(1e-6);
}

function failure(act: () => unknown): ReceptiveError {
  try {
    act();
  } catch (error) {
    if (error instanceof ReceptiveError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

describe.each(presetNames)('preset %s', (name) => {
  test('has the shapes and parameter counts of its description, and gradients for every weight', async () => {
    const preset = parseNetwork(presets[name]);
    const description = describeNetwork(preset, 10);
    await withModel(preset, 10, { seed: 1, optimizer: 'adam' }, (model) => {
      const count = (role: string): number =>
        model.variables
          .filter((variable) => variable.role === role)
          .reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0);
      expect(count('weight')).toBe(description.totals.params);
      expect(count('statistic')).toBe(description.totals.nonTrainable);

      const pixels = randomImages(preset, 2, 1);
      const labels = randomLabels(2, 10, 1);
      const outputs = preset.layers.map((layer) => `${layer.name}/output`);
      for (const training of [false, true]) {
        const fetched = model.fetch(pixels, outputs, { training });
        const shapes = outputs.map((output) => fetched[output]?.shape.slice(1));
        expect(shapes).toEqual(description.layers.map((layer) => layer.outputShape));
      }
      const trainable = model.variables.filter((variable) => variable.trainable);
      const gradients = model.fetch(
        pixels,
        trainable.map((variable) => `${variable.name}/gradient`),
        { labels },
      );
      for (const { name: variable, shape } of trainable) {
        const gradient = gradients[`${variable}/gradient`];
        expect(gradient?.shape, variable).toEqual(shape);
        expect(gradient?.values.every(Number.isFinite), variable).toBe(true);
      }
      model.step(pixels, labels, 0.001);
      expect(model.readMetrics().loss).toBeGreaterThan(0);
    });
  });
});

describe('training', () => {
  test('overfits a tiny set', async () => {
    const random = createRandom(1);
    // Class k is bright in its own third of the rows.
    const labels = Int32Array.from({ length: 24 }, (_, i) => i % classes);
    const pixels = Uint8Array.from({ length: 24 * 144 }, (_, i) => {
      const third = Math.floor((i % 144) / 48);
      return random.int(100) + (third === labels[Math.floor(i / 144)] ? 150 : 0);
    });
    await withModel(
      network(
        [
          { name: 'conv', kind: 'conv2d', filters: 4, kernelSize: 3 },
          { name: 'bn', kind: 'batchNorm', momentum: 0.5 },
          { name: 'relu', kind: 'activation', function: 'relu' },
          { name: 'flat', kind: 'flatten' },
          { name: 'logits', kind: 'dense', units: 'classes' },
        ],
        net.input,
      ),
      classes,
      { seed: 1, optimizer: 'adam' },
      (model) => {
        model.step(pixels, labels, 0.01);
        const first = model.readMetrics().loss;
        for (let i = 0; i < 40; i++) model.step(pixels, labels, 0.01);
        model.resetMetrics();
        model.step(pixels, labels, 0.01);
        const { loss, accuracy } = model.readMetrics();
        expect(loss).toBeLessThan(first / 20);
        expect(accuracy).toBe(1);
        expect(model.evaluate(pixels, labels).correct).toBe(24);
      },
    );
  });

  test('the same seed gives the same losses to the last digit, another seed does not', async () => {
    const losses = async (seed: number): Promise<number[]> => {
      const result: number[] = [];
      await withModel(net, classes, { seed, optimizer: 'adam' }, (model) => {
        for (let i = 0; i < 10; i++) {
          model.resetMetrics();
          model.step(randomImages(net, 16, i), randomLabels(16, classes, i), 0.01);
          result.push(model.readMetrics().loss);
        }
      });
      return result;
    };
    const first = await losses(5);
    expect(await losses(5)).toEqual(first);
    expect(await losses(6)).not.toEqual(first);
  });

  test('metrics are means over images, whatever the batch sizes, until they are reset', async () => {
    await withModel(net, classes, { seed: 1, optimizer: 'sgd' }, (model) => {
      const sum = { loss: 0, correct: 0 };
      for (const batch of [5, 2]) {
        const pixels = randomImages(net, batch, batch);
        const labels = randomLabels(batch, classes, batch);
        const { values } = model.fetch(pixels, ['logits/output'], { training: true })['logits/output'];
        for (let i = 0; i < batch; i++) {
          const logits = [...values.slice(i * classes, (i + 1) * classes)];
          const label = labels[i] as number;
          sum.loss += Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0)) - (logits[label] as number);
          if (logits.indexOf(Math.max(...logits)) === label) sum.correct += 1;
        }
        model.step(pixels, labels, 0);
      }
      const { loss, accuracy, images } = model.readMetrics();
      expect(images).toBe(7);
      expect(loss).toBeCloseTo(sum.loss / 7, 5);
      expect(accuracy).toBeCloseTo(sum.correct / 7, 6);
      model.resetMetrics();
      expect(model.readMetrics()).toEqual({ loss: NaN, accuracy: NaN, images: 0 });
    });
  });

  test('evaluation and prediction agree with the logits in inference mode', async () => {
    await withModel(net, classes, { seed: 1 }, (model) => {
      const pixels = randomImages(net, 9, 1);
      const labels = randomLabels(9, classes, 1);
      const probabilities = model.predict(pixels);
      const of = (i: number): number[] => [...probabilities.slice(i * classes, (i + 1) * classes)];
      for (let i = 0; i < 9; i++) expect(of(i).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      const { lossSum, correct } = model.evaluate(pixels, labels);
      const indices = [...labels.keys()];
      const expected = indices.reduce((sum, i) => sum - Math.log(of(i)[labels[i] as number] as number), 0);
      expect(lossSum).toBeCloseTo(expected, 4);
      expect(correct).toBe(indices.filter((i) => of(i).indexOf(Math.max(...of(i))) === labels[i]).length);
    });
  });
});

describe('memory', () => {
  test('steps and fetches leave no tensor behind', async () => {
    await withModel(net, classes, { seed: 1, optimizer: 'adam' }, (model) => {
      const pixels = randomImages(net, 4, 1);
      const labels = randomLabels(4, classes, 1);
      const counts: number[][] = [];
      for (let step = 1; step <= 20; step++) {
        model.step(pixels, labels, 0.001);
        model.readMetrics();
        model.evaluate(pixels, labels);
        model.fetch(pixels, ['conv1/output', 'bn1/batchMean']);
        model.writeWeights(model.readWeights());
        counts.push([tf.memory().numTensors, binding.getNumOfTensors()]);
      }
      expect(counts[19]).toEqual(counts[1]);
    });
  });

  test('a failed run leaves no tensor behind', async () => {
    await withModel(net, classes, { seed: 1, optimizer: 'adam' }, (model) => {
      const before = binding.getNumOfTensors();
      expect(() => model.step(randomImages(net, 2, 1), Int32Array.of(0, 99), 0.1)).toThrow(/label/i);
      expect(binding.getNumOfTensors()).toBe(before);
    });
  });

  test('dispose frees the session; using the model afterwards is an error', () => {
    const before = binding.getNumOfSavedModels();
    const model = Model.create(net, classes, { seed: 1 });
    expect(binding.getNumOfSavedModels()).toBe(before + 1);
    model.predict(randomImages(net, 1, 1));
    model.dispose();
    model.dispose();
    expect(binding.getNumOfSavedModels()).toBe(before);
    expect(failure(() => model.predict(randomImages(net, 1, 1))).code).toBe('internal');
  });

  test('the memory of variables goes back with the session', () => {
    const wide = network([
      { name: 'flat', kind: 'flatten' },
      { name: 'wide', kind: 'dense', units: 50_000 },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ]);
    const live = (): number => {
      const model = Model.create(wide, classes, { seed: 1, optimizer: 'adam' }); // 4.4 million weights, 53 MB with slots
      model.dispose();
      return process.memoryUsage.rss() / 2 ** 20;
    };
    live();
    const after = live();
    for (let i = 0; i < 8; i++) live();
    expect(live() - after).toBeLessThan(200); // 480 if they stayed
  });

  test('two models do not share their variables', async () => {
    await withModel(net, classes, { seed: 1, optimizer: 'sgd' }, async (one) => {
      const before = one.readWeights();
      await withModel(net, classes, { seed: 2, optimizer: 'sgd' }, (two) => {
        two.step(randomImages(net, 4, 1), randomLabels(4, classes, 1), 1);
      });
      expect(one.readWeights()).toEqual(before);
    });
  });
});

describe('weights', () => {
  test('a copy of the weights, slots and counter included, goes on exactly as the original', async () => {
    const step = (model: Model, i: number): void => {
      model.step(randomImages(net, 8, i), randomLabels(8, classes, i), 0.01);
    };
    await withModel(net, classes, { seed: 1, optimizer: 'adam' }, async (original) => {
      for (let i = 0; i < 3; i++) step(original, i);
      const saved = original.readWeights();
      for (let i = 3; i < 6; i++) step(original, i);
      await withModel(net, classes, { seed: 1, optimizer: 'adam' }, (copy) => {
        copy.writeWeights(saved);
        for (let i = 3; i < 6; i++) step(copy, i);
        expect(copy.readWeights()).toEqual(original.readWeights());
      });
    });
  });

  test('a model for inference takes the weights of a trained one', async () => {
    await withModel(net, classes, { seed: 1, optimizer: 'adamw' }, async (trained) => {
      trained.step(randomImages(net, 8, 1), randomLabels(8, classes, 1), 0.1);
      await withModel(net, classes, { seed: 2 }, (loaded) => {
        loaded.writeWeights(trained.readWeights());
        const pixels = randomImages(net, 3, 2);
        expectClose(loaded.predict(pixels), trained.predict(pixels));
        expect(failure(() => loaded.step(pixels, randomLabels(3, classes, 1), 1)).code).toBe('internal');
      });
    });
  });

  test('a prediction is of the weights there are, also after others were predicted with', async () => {
    const pixels = randomImages(net, 5, 3);
    await withModel(net, classes, { seed: 1 }, async (model) => {
      const random = createRandom(4);
      const others = model.readWeights().map((tensor) => ({
        ...tensor,
        values: tensor.values.map(() => random.next() + 0.5),
      }));
      const check = (): void => {
        const probabilities = model.fetch(pixels, [names.probabilities])[names.probabilities].values;
        expectClose(model.predict(pixels), probabilities);
      };
      check();
      const before = model.predict(pixels);
      model.writeWeights(others);
      check();
      expect(model.predict(pixels)).not.toEqual(before);
      model.suspend();
      check();
    });
  });

  test.each([
    ['lack', /lack "logits\/bias"/],
    ['unknown', /no variable called "stranger\/kernel"/],
    ['shape', /"logits\/kernel" has shape \[3, 8\], but the network needs \[8, 3\]/],
    ['length', /"logits\/kernel" has shape/],
  ])('refuses weights of another network (%s) and changes nothing', async (kind, message) => {
    await withModel(net, classes, { seed: 1, optimizer: 'sgd' }, (model) => {
      const before = model.readWeights();
      const wrong = before
        .filter(({ name }) => kind !== 'lack' || name !== 'logits/bias')
        .map((tensor) => {
          if (tensor.name !== 'logits/kernel') return { ...tensor, values: tensor.values.map((value) => value + 1) };
          if (kind === 'shape') return { ...tensor, shape: [3, 8] };
          return kind === 'length' ? { ...tensor, values: tensor.values.slice(1) } : tensor;
        });
      if (kind === 'unknown') wrong.push({ name: 'stranger/kernel', shape: [1], values: Float32Array.of(1) });
      const error = failure(() => model.writeWeights(wrong));
      expect(error.code).toBe('invalid-model');
      expect(error.message).toMatch(message);
      expect(model.readWeights()).toEqual(before);
    });
  });
});

describe('fetch', () => {
  test('names what it does not know, and asks for labels where gradients need them', async () => {
    await withModel(net, classes, { seed: 1 }, (model) => {
      const pixels = randomImages(net, 1, 1);
      expect(failure(() => model.fetch(pixels, ['conv9/output'])).message).toContain('"conv9/output"');
      expect(failure(() => model.fetch(pixels, ['conv1/kernel/gradient'])).message).toContain('labels');
      expect(failure(() => model.predict(pixels.subarray(1))).message).toContain('[12, 12, 1]');
    });
  });

  test('layer names may hold digits first, dots and dashes, and clash with no name of the graph', async () => {
    const odd = network([
      { name: '3x3-conv.1', kind: 'conv2d', filters: 2, kernelSize: 3 },
      { name: 'training', kind: 'batchNorm' },
      { name: 'iterations', kind: 'dropout', rate: 0.5 },
      { name: 'output', kind: 'flatten' },
      { name: 'kernel', kind: 'dense', units: 4 },
      { name: 'momentum', kind: 'dense', units: 'classes' },
    ]);
    await withModel(odd, classes, { seed: 1, optimizer: 'adam' }, (model) => {
      const pixels = randomImages(odd, 2, 1);
      model.step(pixels, randomLabels(2, classes, 1), 0.1);
      for (const { name } of odd.layers)
        expect(model.fetch(pixels, [`${name}/output`])[`${name}/output`]?.shape[0]).toBe(2);
    });
  });

  test('a layer that reaches no output is computed, and training leaves it alone', async () => {
    const branched = network([
      { name: 'aside', kind: 'conv2d', filters: 2, kernelSize: 3 },
      { name: 'asideNorm', kind: 'batchNorm' },
      { name: 'flat', kind: 'flatten', from: ['input'] },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ]);
    await withModel(branched, classes, { seed: 1, optimizer: 'sgd' }, (model) => {
      const pixels = randomImages(branched, 2, 1);
      const before = model.fetch(pixels, ['asideNorm/output'])['asideNorm/output'];
      expect(before.values.some((value) => value !== 0)).toBe(true);
      model.step(pixels, randomLabels(2, classes, 1), 0.1);
      expect(model.fetch(pixels, ['asideNorm/output'])['asideNorm/output']).toEqual(before);
    });
  });
});

test('the device report names the version that runs and why it runs where it does', () => {
  const report = deviceReport();
  expect(report.tensorflow).toBe(binding.TF_Version);
  expect(report.tensorflow).toMatch(/^2\.\d+\.\d+/);
  expect(report.gpu.used).toBe(report.device === 'gpu');
  expect(report.gpu.reason).toMatch(/\.$/);
});
