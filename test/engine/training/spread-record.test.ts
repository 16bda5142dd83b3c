import { join } from 'node:path';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { mostSampled, sampleOf } from '../../../src-main/engine/graph/samples.ts';
import { RecordSchedule } from '../../../src-main/engine/training/record-schedule.ts';
import { readSpreads, spreadPart, spreadsName } from '../../../src-main/engine/training/spread-record.ts';
import { augmentationSchema } from '../../../src-main/shared/augmentation.ts';
import { saturatedShare } from '../../../src-main/shared/inspect/distributions.ts';
import {
  historyOf,
  recordedTensors,
  spreadBins,
  spreadLength,
  tensorName,
  tensorOf,
} from '../../../src-main/shared/inspect/spread-history.ts';
import type { SpreadHistory, SpreadRow } from '../../../src-main/shared/inspect/spread-history.ts';
import type { Network } from '../../../src-main/shared/network/spec.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import { temporaryFolder } from '../../decoder/support.ts';
import { flat, PlainNetwork, toCells } from '../../oracle/plain-network.ts';
import { network, perturb, randomImages, randomLabels, scaled, withModel } from '../graph/helpers.ts';

const root = temporaryFolder();

/** What is recorded of `model` for a batch, as the recorder does it. */
function recorded(model: Model, pixels: Uint8Array, labels: Int32Array): SpreadRow {
  const part = spreadPart(root, model);
  return part.row(5, model.fetch(pixels, part.names, { training: true, labels, plain: true }));
}

const tensorIn = ({ tensors }: SpreadHistory, name: string) => tensors.find((one) => tensorName(one) === name)!;
const rootMeanSquare = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

/** Counted one by one, from the edges that the record tells. */
function countedBetween(values: readonly number[], from: number, to: number): number[] {
  const counts = new Array<number>(spreadBins).fill(0);
  for (const value of values) {
    const bin = Math.floor(((value - from) / (to - from)) * spreadBins);
    counts[Math.min(spreadBins - 1, Math.max(0, bin))]!++;
  }
  return counts;
}

/** Values near an edge may fall to either side of it: they are of two precisions. */
function expectCounts(actual: Float32Array, expected: readonly number[], total: number): void {
  expect(actual.reduce((sum, count) => sum + count, 0)).toBe(total);
  const apart = expected.reduce((sum, count, bin) => sum + Math.abs(count - actual[bin]!), 0);
  expect(apart).toBeLessThanOrEqual(2 + 0.01 * total);
}

describe('what is recorded of a network', () => {
  it.each([1, 2, 3])('is what plain arrays tell, for a random small network (%i)', async (seed) => {
    const random = createRandom(seed);
    const functions = ['relu', 'tanh', 'linear'] as const;
    const net = network([
      { name: 'conv1', kind: 'conv2d', filters: 1 + random.int(4), kernelSize: 1 + random.int(3), padding: 'same' },
      { name: 'act1', kind: 'activation', function: functions[random.int(3)]! },
      { name: 'unused', kind: 'conv2d', filters: 2, kernelSize: 1 },
      { name: 'pool1', kind: random.int(2) === 0 ? 'avgPool' : 'maxPool', poolSize: 2, from: ['act1'] },
      { name: 'flat', kind: 'flatten' },
      { name: 'hidden', kind: 'dense', units: 2 + random.int(4) },
      { name: 'act2', kind: 'activation', function: 'tanh' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ]);
    await withModel(net, 3, { seed, optimizer: 'sgd' }, (model) => {
      perturb(model, seed + 10);
      const pixels = randomImages(net, 4, seed + 20);
      const labels = randomLabels(4, 3, seed + 30);
      const row = recorded(model, pixels, labels);
      const of = (layer: string) => historyOf(recordedTensors(net), [row], layer);
      expect(of('unused').tensors).toEqual([]);

      const weights = model.readWeights().filter(({ name }) => !name.startsWith('iterations'));
      const plain = new PlainNetwork(net, weights);
      const images = Array.from({ length: 4 }, (_, at) =>
        toCells(scaled(pixels.subarray(at * 84, (at + 1) * 84)), [7, 6, 2]),
      );
      const runs = images.map((image) => plain.run(image));
      for (const layer of ['conv1', 'act1', 'pool1', 'flat', 'hidden', 'act2', 'logits']) {
        const values = runs.flatMap((run) => flat(run.get(layer)!));
        const { figures, counts } = tensorIn(of(layer), 'output');
        expect(figures.size[0]).toBeCloseTo(rootMeanSquare(values), 5);
        expect(figures.least[0]).toBeCloseTo(Math.min(...values), 5);
        expect(figures.largest[0]).toBeCloseTo(Math.max(...values), 5);
        expect(figures.zeros[0]).toBeCloseTo(values.filter((value) => value === 0).length / values.length, 6);
        expect(figures.broken[0]).toBe(0);
        expectCounts(counts, countedBetween(values, figures.least[0]!, figures.largest[0]!), values.length);
      }
      const hidden = runs.flatMap((run) => flat(run.get('act2')!));
      expect(tensorIn(of('act2'), 'output').figures.saturated[0]).toBeCloseTo(saturatedShare('tanh', hidden)!, 6);
      expect(tensorIn(of('conv1'), 'output').figures.saturated[0]).toBe(-1);

      // The gradient of the batch's mean cross-entropy: of each logit its probability less the target, over the images.
      const gradient = images.flatMap((image, at) => {
        const shares = plain.probabilities(image).map((p, unit) => (p - Number(unit === labels[at])) / 4);
        const slopes = [0, 1, 2].map((unit) => flat(plain.gradient(image, 'hidden', unit)));
        return slopes[0]!.map((_, i) => shares.reduce((sum, share, unit) => sum + share * slopes[unit]![i]!, 0));
      });
      expect(tensorIn(of('hidden'), 'output/gradient').figures.size[0]).toBeCloseTo(rootMeanSquare(gradient), 6);
      // By a weight: central differences of that loss.
      const kernel = weights.find(({ name }) => name === 'logits/kernel')!;
      const lossWith = (at: number, by: number): number => {
        const values = Float64Array.from(kernel.values);
        values[at]! += by;
        const nudged = weights.map((one) =>
          one === kernel ? { ...one, values: values as unknown as Float32Array } : one,
        );
        const changed = new PlainNetwork(net, nudged);
        return images.reduce((sum, image, i) => sum - Math.log(changed.probabilities(image)[labels[i]!]!) / 4, 0);
      };
      const slopes = [...kernel.values].map((_, at) => (lossWith(at, 1e-5) - lossWith(at, -1e-5)) / 2e-5);
      const ofKernel = of('logits');
      expect(tensorIn(ofKernel, 'kernel/gradient').figures.size[0]).toBeCloseTo(rootMeanSquare(slopes), 5);
      expect(tensorIn(ofKernel, 'kernel').figures.size[0]).toBeCloseTo(rootMeanSquare([...kernel.values]), 5);
      expect(tensorIn(ofKernel, 'bias').figures.least[0]).toBe(Math.min(...weights.at(-1)!.values));
    });
  });

  it('is of the images as they are where training augments them, mixes them and smooths their labels', async () => {
    const layers: Parameters<typeof network>[0] = [
      { name: 'conv1', kind: 'conv2d', filters: 3, kernelSize: 3 },
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ];
    const net = network(layers);
    const pixels = randomImages(net, 4, 1);
    const labels = randomLabels(4, 3, 2);
    const rows: SpreadRow[] = [];
    const plain = { seed: 3, optimizer: 'sgd', labelSmoothing: 0.1 } as const;
    const normalisation = { mean: [0.5, 0.4], deviation: [0.3, 0.2] };
    const augmentation = augmentationSchema.parse({
      flipHorizontal: 1,
      rotation: 20,
      brightness: 0.5,
      cutout: 0.3,
      mixup: 1,
    });
    for (const more of [{ normalisation }, { normalisation, augmentation }]) {
      await withModel(net, 3, { ...plain, ...more }, (model) => {
        rows.push(recorded(model, pixels, labels));
        const part = spreadPart(root, model);
        const asTrained = part.row(5, model.fetch(pixels, part.names, { training: true, labels }));
        expect(asTrained.some((value, at) => value !== rows[0]![at])).toBe('augmentation' in more);
      });
    }
    expect([...rows[1]!]).toEqual([...rows[0]!]);
  });

  it('counts values that are no numbers, and the size of a sample’s tensor shows those that it passed over', async () => {
    const net = network([
      { name: 'flat', kind: 'flatten' },
      { name: 'wide', kind: 'dense', units: 4096 },
      { name: 'relu', kind: 'activation', function: 'relu' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ]);
    await withModel(net, 3, { seed: 1, optimizer: 'sgd' }, (model) => {
      const pixels = randomImages(net, 2, 1);
      const labels = randomLabels(2, 3, 2);
      const before = historyOf(recordedTensors(net), [recorded(model, pixels, labels)], 'wide');
      expect(before.warnings).toEqual([]);
      const all = model.readWeights();
      const kernel = all.find(({ name }) => name === 'wide/kernel')!;
      expect(kernel.values.length).toBeGreaterThan(mostSampled);
      expect(tensorIn(before, 'kernel').figures.size[0]).toBeCloseTo(rootMeanSquare([...kernel.values]), 6);
      // The second value is not in the sample, whose first is that of all.
      const kernelWith = (at: number) => kernel.values.map((value, i) => (i === at ? NaN : value));
      const brokenAt = (at: number) => {
        model.writeWeights(all.map((one) => (one === kernel ? { ...one, values: kernelWith(at) } : one)));
        return historyOf(recordedTensors(net), [recorded(model, pixels, labels)], 'wide');
      };
      const [inSample, besides] = [brokenAt(0), brokenAt(1)];
      expect(tensorIn(inSample, 'kernel').figures.broken[0]).toBeGreaterThan(0);
      for (const history of [inSample, besides])
        expect(history.warnings).toContainEqual({ kind: 'broken', layer: 'wide', since: 5, until: null });
      model.writeWeights(all.map((one) => ({ ...one, values: one.values.map(() => NaN) })));
      const row = recorded(model, pixels, labels);
      const history = historyOf(recordedTensors(net), [row], 'wide');
      expect(tensorIn(history, 'kernel').figures.broken[0]).toBe(1);
      expect(tensorIn(history, 'kernel').counts.every((count) => count === 0)).toBe(true);
    });
  });
});

describe('samples', () => {
  it('hold every so many values of a large tensor, no more than may be looked at, of every channel', async () => {
    const net = network(
      [
        { name: 'conv1', kind: 'conv2d', filters: 8, kernelSize: 1 },
        { name: 'gap', kind: 'globalAvgPool' },
        { name: 'logits', kind: 'dense', units: 'classes' },
      ],
      { size: [64, 64], channels: 1 },
    );
    await withModel(net, 3, { seed: 1, optimizer: 'sgd' }, (model) => {
      const pixels = randomImages(net, 16, 1);
      const options = { training: true, labels: randomLabels(16, 3, 2) };
      const name = sampleOf('conv1/output');
      const fetched = model.fetch(pixels, [name, 'conv1/output'], options);
      const [sample, all] = [fetched[name]!.values, fetched['conv1/output']!.values];
      expect(sample.length).toBeLessThanOrEqual(mostSampled);
      expect(sample.length).toBeGreaterThan(mostSampled / 2);
      const stride = Math.ceil(all.length / sample.length);
      expect([...sample]).toEqual([...all].filter((_, at) => at % stride === 0));
      const channels = new Set(Array.from(sample, (_, at) => (at * stride) % 8));
      expect(channels.size).toBe(8);
      expect(model.has(sampleOf('conv1/kernel'))).toBe(false);
    });
  });
});

describe('the size of a record', () => {
  const bytesFor = (net: Network) => 4 * spreadPart(root, { network: net, has: () => true }).length;

  it('is 152 bytes a tensor, however large that is', () => {
    const withUnits = (units: number) =>
      network([
        { name: 'flat', kind: 'flatten' },
        { name: 'wide', kind: 'dense', units },
        { name: 'logits', kind: 'dense', units: 'classes' },
      ]);
    // Three outputs, two kernels, two biases, the gradient by each, and the number of the step.
    expect(bytesFor(withUnits(4096))).toBe(14 * 152 + 4);
    expect(bytesFor(withUnits(2))).toBe(14 * 152 + 4);
  });

  it('of a network of a thousand layers makes a file of 8 MB and the rows of the first steps', () => {
    const layers = Array.from(
      { length: 1000 },
      (_, at) => ({ name: `conv${at}`, kind: 'conv2d', filters: 1, kernelSize: 1 }) as const,
    );
    const bytes = bytesFor(
      network([...layers, { name: 'flat', kind: 'flatten' }, { name: 'logits', kind: 'dense', units: 'classes' }]),
    );
    expect(bytes).toBe(6008 * 152 + 4);
    const schedule = new RecordSchedule(1_000_000, bytes / 4);
    let rows = 1;
    for (let step = 0; step < 1_000_000; step = schedule.after(step)) rows++;
    const firstSteps = Math.ceil(Math.log2(1_000_000)) + 2;
    expect(rows * bytes).toBeLessThanOrEqual(8 * 2 ** 20 + firstSteps * bytes);
  });

  it('has a place for each variable of every kind of layer', async () => {
    const net: Network = network([
      { name: 'a', kind: 'conv2d', filters: 2, kernelSize: 1 },
      { name: 'b', kind: 'depthwiseConv2d', kernelSize: 1 },
      { name: 'c', kind: 'separableConv2d', filters: 2, kernelSize: 1 },
      { name: 'd', kind: 'conv2dTranspose', filters: 2, kernelSize: 1 },
      { name: 'e', kind: 'batchNorm' },
      { name: 'f', kind: 'layerNorm' },
      { name: 'g', kind: 'groupNorm', groups: 1 },
      { name: 'h', kind: 'conv2d', filters: 2, kernelSize: 1, useBias: false },
      { name: 'i', kind: 'globalAvgPool' },
      { name: 'j', kind: 'dense', units: 'classes' },
    ]);
    await withModel(net, 3, { seed: 1, optimizer: 'adam' }, (model) => {
      const trained = model.variables.filter(({ role }) => role === 'weight').map(({ name }) => name);
      const recordedNames = recordedTensors(net).filter(({ field, isGradient }) => field !== 'output' && !isGradient);
      expect(recordedNames.map(tensorOf).sort()).toEqual(trained.sort());
    });
  });
});

describe('warnings', () => {
  const net = network([
    { name: 'first', kind: 'conv2d', filters: 1, kernelSize: 1, useBias: false },
    { name: 'relu', kind: 'activation', function: 'relu' },
    { name: 'flat', kind: 'flatten' },
    { name: 'last', kind: 'dense', units: 'classes', useBias: false },
  ]);
  const tensors = recordedTensors(net);
  /** A record of ones but for what is given by tensor and figure. */
  function rowOf(step: number, given: Record<string, Partial<Record<'size' | 'zeros' | 'broken', number>>>): SpreadRow {
    const row = new Float32Array(1 + tensors.length * spreadLength);
    row[0] = step;
    tensors.forEach((tensor, at) => {
      const { size = 1, zeros = 0, broken = 0 } = given[tensorOf(tensor)] ?? {};
      row.set([0, 1, size, zeros, broken, -1], 1 + at * spreadLength);
    });
    return row;
  }

  it('say from which step on and until when', () => {
    const small = { 'first/kernel/gradient': { size: 1e-4 } };
    const rows = [
      rowOf(0, {}),
      rowOf(1, small),
      rowOf(2, { ...small, 'relu/output': { zeros: 1 } }),
      rowOf(4, { 'first/kernel/gradient': { size: 1e4 } }),
      rowOf(8, { 'last/kernel': { broken: 0.5 }, 'first/kernel/gradient': { size: 0 } }),
    ];
    expect(historyOf(tensors, rows, 'first').warnings).toEqual([
      { kind: 'vanishing', layer: 'first', since: 1, until: 2 },
      { kind: 'dead', layer: 'relu', since: 2, until: 2 },
      { kind: 'exploding', layer: 'first', since: 4, until: 4 },
      { kind: 'broken', layer: 'last', since: 8, until: null },
      { kind: 'none', layer: 'first', since: 8, until: null },
    ]);
  });

  it('are read from the folder, with the steps; nothing is read where there is no record', () => {
    const folder = join(root, 'read');
    mkdirSync(folder);
    expect(readSpreads(folder, net, 'first')).toBeNull();
    const bytes = Buffer.concat([rowOf(0, {}), rowOf(3, {})].map((row) => Buffer.from(row.buffer)));
    writeFileSync(join(folder, spreadsName), Buffer.concat([bytes, Buffer.of(1, 2, 3)]));
    const history = readSpreads(folder, net, 'last')!;
    expect(history.steps).toEqual([0, 3]);
    expect(history.tensors.map(tensorName)).toEqual(['output', 'output/gradient', 'kernel', 'kernel/gradient']);
  });
});
