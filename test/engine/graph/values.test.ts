/** Values against plain arrays, where tfjs would share TensorFlow's kernels with the graph. */
import { describe, expect, test } from 'vitest';
import type { LayerOf, NetworkJson, Pair } from '../../../src-main/shared/network/spec.ts';
import { activationFunctions } from '../../../src-main/shared/network/spec.ts';
import { glorotUniform } from '../../../src-main/engine/graph/layers/initializers.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { expectClose, network, perturb, randomImages, randomLabels, withModel } from './helpers.ts';

const tail: NetworkJson['layers'] = [
  { name: 'flat', kind: 'flatten' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];

describe('activation functions', () => {
  /** erf by its Maclaurin series, exact to 1e-12 for |x| below 4. */
  const erf = (x: number): number => {
    let term = x;
    let sum = x;
    for (let n = 1; n < 120; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  };
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const functions: Record<LayerOf<'activation'>['function'], (x: number) => number> = {
    relu: (x) => Math.max(x, 0),
    relu6: (x) => Math.min(Math.max(x, 0), 6),
    leakyRelu: (x) => (x < 0 ? 0.3 * x : x),
    elu: (x) => (x < 0 ? Math.expm1(x) : x),
    gelu: (x) => (Math.abs(x) > 5 ? Math.max(x, 0) : 0.5 * x * (1 + erf(x / Math.SQRT2))),
    silu: (x) => x * sigmoid(x),
    sigmoid,
    tanh: Math.tanh,
    linear: (x) => x,
  };
  const net = (name: LayerOf<'activation'>['function']) =>
    network(
      [
        { name: 'spread', kind: 'conv2d', filters: 1, kernelSize: 1 },
        { name: 'it', kind: 'activation', function: name },
        ...tail,
      ],
      { size: [1, 256], channels: 1 },
    );
  const pixels = Uint8Array.from({ length: 256 }, (_, i) => i);

  test.each(activationFunctions)('%s from -8 to 8, and its slope by finite differences', async (name) => {
    await withModel(net(name), 2, { seed: 1 }, (model) => {
      const weights = model.readWeights();
      const set = (field: string, value: number): void => {
        (weights.find((tensor) => tensor.name === `spread/${field}`)?.values as Float32Array)[0] = value;
      };
      set('kernel', 16);
      set('bias', -8);
      model.writeWeights(weights);
      const labels = Int32Array.of(1);
      const names = ['spread/output', 'it/output', 'spread/output/gradient', 'it/output/gradient'];
      const fetched = model.fetch(pixels, names, { labels });
      const [x, y, slopes, outer] = names.map((tensor) => fetched[tensor]?.values as Float32Array);
      const f = functions[name];
      expectClose(y as Float32Array, Array.from(x as Float32Array, f), 1e-5, name);
      const h = 1e-5;
      const expected = Array.from(x as Float32Array, (value, i) => {
        return ((f(value + h) - f(value - h)) / (2 * h)) * (outer?.[i] as number);
      });
      expectClose(slopes as Float32Array, expected, 1e-4, `slope of ${name}`);
    });
  });
});

describe('padding in pooling', () => {
  type Pool = Extract<NetworkJson['layers'][number], { kind: 'maxPool' | 'avgPool' }>;
  const cases: Omit<Pool, 'kind' | 'name'>[] = [
    { poolSize: 3, strides: 1, padding: [1, 1] },
    { poolSize: [2, 3], strides: [2, 1], padding: [1, 2] },
    { poolSize: 3, strides: 2, padding: 'same' },
    { poolSize: [4, 2], strides: 3, padding: [3, 0] },
    { poolSize: 2 },
  ];

  /** Looks only at cells inside the input. */
  function pool(
    x: ArrayLike<number>,
    size: Pair,
    window: Pair,
    strides: Pair,
    before: Pair,
    output: Pair,
    mean: boolean,
  ) {
    const result: number[] = [];
    for (let row = 0; row < output[0]; row++) {
      for (let column = 0; column < output[1]; column++) {
        const inside: number[] = [];
        for (let i = 0; i < window[0]; i++) {
          for (let j = 0; j < window[1]; j++) {
            const r = row * strides[0] - before[0] + i;
            const c = column * strides[1] - before[1] + j;
            if (r >= 0 && r < size[0] && c >= 0 && c < size[1]) inside.push(x[r * size[1] + c] as number);
          }
        }
        result.push(mean ? inside.reduce((sum, value) => sum + value, 0) / inside.length : Math.max(...inside));
      }
    }
    return result;
  }

  const pair = (value: number | Pair): Pair => (typeof value === 'number' ? [value, value] : value);

  test.each(
    cases.flatMap((fields) => [
      { ...fields, mean: false },
      { ...fields, mean: true },
    ]),
  )('never wins and never counts: $poolSize, $strides, $padding, mean $mean', async ({ mean, ...fields }) => {
    const size: Pair = [7, 5];
    // All values are negative, so that a zero from the padding would win every maximum.
    const net = network(
      [
        { name: 'negative', kind: 'conv2d', filters: 1, kernelSize: 1 },
        { name: 'it', kind: mean ? 'avgPool' : 'maxPool', ...fields },
        ...tail,
      ],
      { size, channels: 1 },
    );
    await withModel(net, 2, { seed: 1 }, (model) => {
      const weights = model.readWeights();
      for (const { name, values } of weights) if (name.startsWith('negative/')) values.fill(-1);
      model.writeWeights(weights);
      const fetched = model.fetch(randomImages(net, 1, 4), ['negative/output', 'it/output']);
      const output = fetched['it/output'].shape.slice(1, 3) as Pair;
      const window = pair(fields.poolSize as number | Pair);
      const strides = pair((fields.strides ?? window) as number | Pair);
      const before = ([0, 1] as const).map((axis) => {
        if (fields.padding === undefined || fields.padding === 'valid') return 0;
        if (fields.padding !== 'same') return pair(fields.padding)[axis];
        return Math.floor(Math.max((output[axis] - 1) * strides[axis] + window[axis] - size[axis], 0) / 2);
      }) as Pair;
      const x = fetched['negative/output'].values;
      const expected = pool(x, size, window, strides, before, output, mean);
      expectClose(fetched['it/output'].values, expected, 1e-6, 'pooled');
    });
  });
});

describe('batch norm', () => {
  test.each([
    ['maps', [] as NetworkJson['layers'], 7 * 6],
    ['a vector', [{ name: 'gap', kind: 'globalAvgPool' }] as NetworkJson['layers'], 1],
  ])('on %s: biased batch statistics, and moving ones that follow them', async (_what, before, cells) => {
    const layers: NetworkJson['layers'] = [
      ...before,
      { name: 'it', kind: 'batchNorm', momentum: 0.7 },
      ...(before.length === 0 ? tail : tail.slice(1)),
    ];
    const net = network(layers);
    const batch = 3;
    await withModel(net, 2, { seed: 1, optimizer: 'sgd' }, (model) => {
      perturb(model, 9);
      const pixels = randomImages(net, batch, 5);
      const input = before.length === 0 ? 'input/output' : 'gap/output';
      const names = [input, 'it/batchMean', 'it/batchVariance', 'it/runningMean', 'it/runningVariance'];
      const read = () => {
        const fetched = model.fetch(pixels, names, { training: true });
        return names.map((name) => fetched[name]?.values as Float32Array) as [Float32Array, ...Float32Array[]];
      };
      const [x, mean, variance, runningMean, runningVariance] = read();
      const channels = 2;
      const count = batch * cells;
      const column = (channel: number) => Array.from({ length: count }, (_, i) => x[i * channels + channel] as number);
      const means = [0, 1].map((channel) => column(channel).reduce((sum, value) => sum + value / count, 0));
      const variances = [0, 1].map((channel) =>
        column(channel).reduce((sum, value) => sum + (value - (means[channel] as number)) ** 2 / count, 0),
      );
      expectClose(mean ?? [], means, 1e-5, 'mean');
      expectClose(variance ?? [], variances, 1e-6, 'variance');

      model.step(pixels, randomLabels(batch, 2, 1), 0.01);
      const after = read();
      const moved = (old: Float32Array | undefined, now: number[]) =>
        now.map((value, i) => 0.7 * (old?.[i] as number) + 0.3 * value);
      expectClose(after[3] ?? [], moved(runningMean, means), 1e-6, 'moving mean');
      expectClose(after[4] ?? [], moved(runningVariance, variances), 1e-6, 'moving variance');
    });
  });

  test('looking at a batch in training mode moves nothing', async () => {
    const net = network([{ name: 'it', kind: 'batchNorm' }, ...tail]);
    await withModel(net, 2, { seed: 1, optimizer: 'adam' }, (model) => {
      const before = model.readWeights();
      model.fetch(randomImages(net, 3, 1), ['it/output', 'it/batchMean'], { training: true });
      model.evaluate(randomImages(net, 3, 1), randomLabels(3, 2, 1));
      expect(model.readWeights()).toEqual(before);
    });
  });
});

describe('dropout', () => {
  const net = network([{ name: 'it', kind: 'dropout', rate: 0.25 }, ...tail], { size: [50, 50], channels: 1 });
  const pixels = new Uint8Array(2500 * 2).fill(255);
  const labels = Int32Array.of(0, 1);

  test('drops its share, scales the rest, changes with each step, repeats from the seed, and rests in inference', async () => {
    const runs: Float32Array[][] = [];
    for (const seed of [1, 1, 2]) {
      await withModel(net, 2, { seed, optimizer: 'sgd' }, (model) => {
        const masks = [0, 1].map(() => {
          const { values } = model.fetch(pixels, ['it/output'], { training: true })['it/output'];
          model.step(pixels, labels, 0);
          return values;
        });
        runs.push(masks);
        expect(model.fetch(pixels, ['it/output'])['it/output'].values.every((value) => value === 1)).toBe(true);
      });
    }
    const [first, again, other] = runs as [Float32Array[], Float32Array[], Float32Array[]];
    expect(again).toEqual(first);
    expect(other[0]).not.toEqual(first[0]);
    expect(first[1]).not.toEqual(first[0]);
    const kept = first[0]?.filter((value) => value !== 0) ?? new Float32Array();
    expect(kept.every((value) => Math.abs(value - 4 / 3) < 1e-6)).toBe(true);
    expect(Math.abs(kept.length / 5000 - 0.75)).toBeLessThan(0.03); // 5 standard deviations
  });

  test('the gradient passes where the value passed', async () => {
    await withModel(net, 2, { seed: 1, optimizer: 'sgd' }, (model) => {
      const names = ['it/output', 'it/output/gradient', 'input/output/gradient'] as const;
      const fetched = model.fetch(pixels, names, { training: true, labels });
      const expected = fetched['it/output/gradient'].values.map(
        (value, i) => value * (fetched['it/output'].values[i] as number),
      );
      expectClose(fetched['input/output/gradient'].values, expected, 1e-6, 'gradient');
    });
  });
});

describe('first weights', () => {
  test('Glorot uniform stays within its limit, fills it, and has its variance', () => {
    const values = glorotUniform([3, 3, 16, 32], createRandom(1));
    const limit = Math.sqrt(6 / (9 * (16 + 32)));
    expect(Math.max(...values)).toBeLessThanOrEqual(limit);
    expect(Math.max(...values)).toBeGreaterThan(0.99 * limit);
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    expect(Math.abs(variance / (limit ** 2 / 3) - 1)).toBeLessThan(0.05);
  });

  const square = (values: Float32Array) => values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  const every = network(
    [
      { name: 'conv', kind: 'conv2d', filters: 32, kernelSize: [3, 5] },
      { name: 'dw', kind: 'depthwiseConv2d', kernelSize: 5, depthMultiplier: 2 },
      { name: 'sep', kind: 'separableConv2d', filters: 16, kernelSize: 3 },
      { name: 'up', kind: 'conv2dTranspose', filters: 24, kernelSize: 4, strides: 2 },
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: 100 },
    ],
    { size: [16, 16], channels: 12 },
  );

  test.each([
    // 2 / fanIn, fanIn: the numbers that add up to one output.
    [
      'he',
      {
        'conv/kernel': 180,
        'dw/depthwiseKernel': 25,
        'sep/depthwiseKernel': 9,
        'sep/pointwiseKernel': 64,
        'up/kernel': 64,
        'logits/kernel': 24,
      },
    ],
  ] as const)('%s: the variance is 2 / fanIn in every kind of layer', async (initializer, fans) => {
    await withModel(every, 100, { seed: 1, initializer }, (model) => {
      const weights = new Map(model.readWeights().map(({ name, values }) => [name, values]));
      for (const [name, fanIn] of Object.entries(fans)) {
        const ratio = square(weights.get(name)!) / (2 / fanIn);
        const bound = 5 * Math.sqrt(2 / weights.get(name)!.length); // five standard deviations of a variance's estimate
        expect(Math.abs(ratio - 1), name).toBeLessThan(bound);
      }
      expect(weights.get('conv/bias')!.every((value) => value === 0)).toBe(true);
    });
  });

  test('normal has the given standard deviation, and a third of it lies outside of one', async () => {
    await withModel(every, 100, { seed: 1, initializer: 'normal', initializerScale: 0.3 }, (model) => {
      const { values } = model.readWeights().find(({ name }) => name === 'conv/kernel')!;
      expect(Math.abs(square(values) / 0.09 - 1)).toBeLessThan(0.1);
      const outside = values.filter((value) => Math.abs(value) > 0.3).length / values.length;
      expect(Math.abs(outside - 0.317)).toBeLessThan(0.03);
    });
  });

  test('a layer keeps its first weights when another is added before it', async () => {
    const added = network([{ name: 'bn', kind: 'batchNorm' }, ...tail]);
    const kernels: (Float32Array | undefined)[] = [];
    for (const net of [network(tail), added]) {
      await withModel(net, 2, { seed: 8 }, (model) => {
        kernels.push(model.readWeights().find(({ name }) => name === 'logits/kernel')?.values);
      });
    }
    expect(kernels[1]).toEqual(kernels[0]);
  });
});
