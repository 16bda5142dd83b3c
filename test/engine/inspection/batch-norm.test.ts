import { afterAll, describe, expect, it } from 'vitest';
import { Model } from '../../../src-main/engine/graph/model.ts';
import {
  batchNormReport,
  batchNormReports,
  checkNorms,
  measureBatchNorm,
  normalisedGap,
} from '../../../src-main/engine/inspection/batch-norm.ts';
import type { UseModel } from '../../../src-main/engine/inspection/use-model.ts';
import { verdictOf } from '../../../src-main/shared/inspection.ts';
import type { Histogram } from '../../../src-main/shared/inspection.ts';
import { parseNetwork } from '../../../src-main/shared/network/index.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

const [height, width, channels, classes, images] = [3, 4, 2, 3, 9];
const epsilon = 0.02;
const network = parseNetwork({
  input: { size: [height, width], channels: 1 },
  layers: [
    { name: 'spread', kind: 'conv2d', filters: channels, kernelSize: 1 },
    { name: 'bn1', kind: 'batchNorm', epsilon },
    { name: 'relu', kind: 'activation', function: 'relu' },
    { name: 'bn2', kind: 'batchNorm', epsilon },
    { name: 'flat', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
});
const random = createRandom(11);
const between = (low: number, high: number) => low + (high - low) * random.next();
const list = (length: number, low: number, high: number) => Array.from({ length }, () => between(low, high));
const weights: Record<string, number[]> = {
  'spread/kernel': [1.5, -0.8],
  'spread/bias': [0.1, 0.4],
  'bn1/gamma': [1.3, -0.7],
  'bn1/beta': [0.2, 0.5],
  'bn1/movingMean': [0.3, -0.2],
  'bn1/movingVariance': [0.4, 2],
  'bn2/gamma': [0.9, 0],
  'bn2/beta': [-0.1, 0.6],
  'bn2/movingMean': [-2, 0.1],
  'bn2/movingVariance': [0.3, 0.05],
  'logits/kernel': list(height * width * channels * classes, -1, 1),
  'logits/bias': [0, 0.1, 0.2],
};
const pixels = Uint8Array.from({ length: images * height * width }, () => random.int(256));
const paths = Array.from({ length: images }, (_, at) => `image ${at}`);

/** The same network in plain numbers, [images, height, width, channels] as one list. */
const of = (values: number[], channel: number) => values.filter((_, at) => at % channels === channel);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: number[]) => mean(values.map((value) => (value - mean(values)) ** 2));

function normalise(layer: string, values: number[], mode: 'training' | 'inference') {
  const w = (name: string) => weights[`${layer}/${name}`]!;
  const both = [0, 1].map((channel) =>
    mode === 'training'
      ? { m: mean(of(values, channel)), v: variance(of(values, channel)) }
      : { m: w('movingMean')[channel]!, v: w('movingVariance')[channel]! },
  );
  const normalised = values.map((value, at) => (value - both[at % 2]!.m) / Math.sqrt(both[at % 2]!.v + epsilon));
  const output = normalised.map((value, at) => w('gamma')[at % 2]! * value + w('beta')[at % 2]!);
  return { both, normalised, output };
}

function plain(mode: 'training' | 'inference') {
  const spread = Array.from(pixels).flatMap((pixel) =>
    [0, 1].map((channel) => (weights['spread/kernel']![channel]! * pixel) / 255 + weights['spread/bias']![channel]!),
  );
  const first = normalise('bn1', spread, mode);
  const rectified = first.output.map((value) => Math.max(0, value));
  const second = normalise('bn2', rectified, mode);
  const size = height * width * channels;
  const answers = paths.map((_, image) => {
    const row = second.output.slice(image * size, (image + 1) * size);
    const logits = [0, 1, 2].map((unit) =>
      row.reduce(
        (sum, value, at) => sum + value * weights['logits/kernel']![at * classes + unit]!,
        weights['logits/bias']![unit]!,
      ),
    );
    return logits.indexOf(Math.max(...logits));
  });
  return { bn1: { input: spread, ...first }, bn2: { input: rectified, ...second }, answers };
}

const [training, inference] = [plain('training'), plain('inference')];

/** The histogram holds each value in its bin; numbers at a bin's very edge may fall to either side in float32. */
function expectHistogram({ from, to, counts }: Histogram, values: number[]): void {
  const bins = counts.length;
  const expected = new Array<number>(bins).fill(0);
  for (const value of values) {
    const at = ((value - from) / (to - from)) * bins;
    expected[Math.min(bins - 1, Math.max(0, Math.floor(at)))]!++;
  }
  const moved = counts.reduce((sum, count, bin) => sum + Math.abs(count - expected[bin]!), 0);
  expect(moved).toBeLessThanOrEqual(4);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
}
const closeTo = (found: ArrayLike<number>, wanted: number[]) => {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, at) => expect(found[at]).toBeCloseTo(value, 4));
};

describe.each(['bn1', 'bn2'] as const)('%s in plain numbers', (layer) => {
  const model = Model.create(network, classes, { seed: 1 });
  model.writeWeights(
    model.variables.map(({ name, shape }) => ({ name, shape, values: Float32Array.from(weights[name]!) })),
  );
  const report = batchNormReport(model, network, { pixels, paths }, layer);
  const check = checkNorms(model, network, { pixels, paths })!;
  const together = [1, Infinity].map((atOnce) => [...batchNormReports(model, network, { pixels, paths }, atOnce)]);
  model.dispose();
  const [t, i] = [training[layer], inference[layer]];

  it('has the statistics of the batch, and the variables', () => {
    closeTo(
      report.batchMean,
      t.both.map(({ m }) => m),
    );
    closeTo(
      report.batchVariance,
      t.both.map(({ v }) => v),
    );
    closeTo(report.runningMean, weights[`${layer}/movingMean`]!);
    closeTo(report.runningVariance, weights[`${layer}/movingVariance`]!);
    closeTo(report.gamma, weights[`${layer}/gamma`]!);
    closeTo(report.beta, weights[`${layer}/beta`]!);
    expect(report).toMatchObject({ layer, batch: paths, epsilon });
  });

  it('says the same whether it is measured alone or along with the others', () => {
    for (const all of together) {
      expect(all.map((one) => one.layer)).toEqual(['bn1', 'bn2']);
      expect(all.find((one) => one.layer === layer)).toEqual(report);
    }
  });

  it('counts the values before, after normalising, and after gamma and beta', () => {
    for (const channel of [0, 1]) {
      for (const [found, values] of [
        [report.before[channel]!, of(t.input, channel)],
        [report.normalised[channel]!, of(t.normalised, channel)],
        [report.after[channel]!, of(t.output, channel)],
      ] as const) {
        expectHistogram(found, values);
        expect(found.from).toBeCloseTo(Math.min(...values), 4);
        // One number for all: its histogram is one wide.
        const constant = Math.max(...values) - Math.min(...values) < 1e-9;
        expect(found.to).toBeCloseTo(constant ? found.from + 1 : Math.max(...values), 4);
      }
    }
  });

  it('shows both modes over one range, and the maps of the first image in each', () => {
    for (const channel of [0, 1]) {
      const [a, b] = [report.modes.training[channel]!, report.modes.inference[channel]!];
      expect([a.from, a.to]).toEqual([b.from, b.to]);
      expectHistogram(a, of(t.output, channel));
      expectHistogram(b, of(i.output, channel));
      expect(a.from).toBeCloseTo(Math.min(...of(t.output, channel), ...of(i.output, channel)), 4);
    }
    const { shape, ...maps } = report.firstImage;
    expect(shape).toEqual([height, width, channels]);
    closeTo(maps.training, t.output.slice(0, height * width * channels));
    closeTo(maps.inference, i.output.slice(0, height * width * channels));
  });

  it('measures the gap', () => {
    const w = (name: string) => weights[`${layer}/${name}`]!;
    const gaps = [0, 1].map((channel) => {
      const running = of(t.input, channel).map(
        (value) => (value - w('movingMean')[channel]!) / Math.sqrt(w('movingVariance')[channel]! + epsilon),
      );
      const own = of(t.normalised, channel);
      return Math.sqrt(mean(own.map((value, at) => (value - running[at]!) ** 2)));
    });
    closeTo(report.gap.channels, gaps);
    expect(report.gap.layer).toBeCloseTo(Math.sqrt(mean(gaps.map((gap) => gap ** 2))), 4);
    const changed = training.answers.filter((answer, at) => answer !== inference.answers[at]).length;
    expect(changed).toBeGreaterThan(0);
    expect(report.gap.classesChanged).toBe(changed);
    expect(check).toMatchObject({ classesChanged: changed, images });
    expect(check.gap).toBeGreaterThanOrEqual(report.gap.layer);
    if (check.layer === layer) expect(check.gap).toBe(report.gap.layer);
  });
});

describe('the gap', () => {
  it('is nothing between equal statistics, and whole deviations between others', () => {
    expect(normalisedGap([3, 4], [3, 4], 0.001)).toBe(0);
    expect(normalisedGap([3, 4], [1, 4], 0)).toBe(1);
    expect(normalisedGap([0, 4], [0, 1], 0)).toBe(1);
  });

  it('hurts where one image in five changes its class, however narrow it is in one layer', () => {
    const verdict = (gap: number, classesChanged: number, images = 64) => verdictOf({ gap, classesChanged, images });
    expect(verdict(0.29, 12)).toBe('close');
    expect(verdict(0.3, 12)).toBe('apart');
    expect(verdict(0.01, 13)).toBe('hurts');
    expect(verdict(0.01, 1, 1)).toBe('close');
    expect([verdict(NaN, 64), verdict(Infinity, 0)]).toEqual(['broken', 'broken']);
  });
});

describe('measured pass by pass', () => {
  const batch = { pixels, paths };
  const model = Model.create(network, classes, { seed: 1 });
  afterAll(() => model.dispose());
  const going = () => new AbortController().signal;

  it('says the same, and how far it has come', async () => {
    const told: number[][] = [];
    let turns = 0;
    const use: UseModel = async (work) => {
      turns++;
      return work(model, network);
    };
    const watch = { signal: going(), progress: (...how: number[]) => void told.push(how) };
    expect(await measureBatchNorm(use, batch, 'bn2', watch)).toEqual(batchNormReport(model, network, batch, 'bn2'));
    // All nine at once in training mode, eight and one in inference mode.
    expect(told).toEqual([
      [0, 18],
      [9, 18],
      [17, 18],
      [18, 18],
    ]);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it.each([0, 9, 17, 18])('is stopped after %i of 18 passes of an image, and takes no further turn', async (after) => {
    const controller = new AbortController();
    let late = 0;
    const use: UseModel = async (work) => {
      if (controller.signal.aborted) late++;
      return work(model, network);
    };
    const progress = (done: number) => done === after && controller.abort();
    const measuring = measureBatchNorm(use, batch, 'bn1', { signal: controller.signal, progress });
    await expect(measuring).rejects.toMatchObject({ code: 'interrupted' });
    expect(late).toBe(0);
  });

  it('refuses a layer that is no batch norm', async () => {
    const use: UseModel = async (work) => work(model, network);
    const asked = measureBatchNorm(use, batch, 'relu', { signal: going(), progress: () => undefined });
    await expect(asked).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(/relu is activation/) });
  });
});
