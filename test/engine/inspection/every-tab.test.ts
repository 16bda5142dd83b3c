/** What Inspect's tabs ask for, of networks that are unlike others, and again and again: it is answered, and nothing piles up. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Activations } from '../../../src-main/engine/inspection/activations.ts';
import { gradCam, integratedGradients, occlusion } from '../../../src-main/engine/inspection/attribution.ts';
import { batchNormReport } from '../../../src-main/engine/inspection/batch-norm.ts';
import { convolutionGradients } from '../../../src-main/engine/inspection/convolution-gradients.ts';
import { deadOnBatch } from '../../../src-main/engine/inspection/dead-maps.ts';
import { distributions } from '../../../src-main/engine/inspection/distributions.ts';
import { equivariance } from '../../../src-main/engine/inspection/equivariance.ts';
import { kernelReport, kernelsOf } from '../../../src-main/engine/inspection/kernels.ts';
import { poolingResponse } from '../../../src-main/engine/inspection/pooling-response.ts';
import { poolingReport } from '../../../src-main/engine/inspection/pooling.ts';
import { sumOfMap } from '../../../src-main/engine/inspection/sum.ts';
import type { UseModel } from '../../../src-main/engine/inspection/use-model.ts';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { binding } from '../../../src-main/engine/tensorflow.ts';
import { usualPatch } from '../../../src-main/shared/inspect/attribution.ts';
import type { Attribution } from '../../../src-main/shared/inspect/attribution.ts';
import { unmoved } from '../../../src-main/shared/inspect/placement.ts';
import type { Network, NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { network, perturb, randomImages, withModel } from '../graph/helpers.ts';

const soak = process.env.RECEPTIVE_SOAK !== undefined;
const signal = new AbortController().signal;
const conv = (name: string, filters: number) =>
  ({ name, kind: 'conv2d', filters, kernelSize: 3, padding: 'same' }) as const;
const relu = (name: string) => ({ name, kind: 'activation', function: 'relu' }) as const;
const logits = { name: 'logits', kind: 'dense', units: 'classes' } as const;
const of = (size: [number, number], layers: NetworkJson['layers']) => network(layers, { size, channels: 1 });

const usual = of(
  [12, 12],
  [
    { ...conv('conv1', 4), strides: 2 },
    { name: 'bn', kind: 'batchNorm' },
    relu('relu1'),
    { name: 'pool', kind: 'maxPool', poolSize: 2 },
    conv('conv2', 3),
    { name: 'gap', kind: 'globalAvgPool' },
    logits,
  ],
);
const odd: [string, Network][] = [
  [
    '4,096 dense units',
    of(
      [12, 12],
      [{ name: 'flat', kind: 'flatten' }, { name: 'wide', kind: 'dense', units: 4096 }, relu('relu'), logits],
    ),
  ],
  [
    'maps of one cell',
    of(
      [6, 6],
      [
        { name: 'whole', kind: 'conv2d', filters: 4, kernelSize: 6 },
        { name: 'bn', kind: 'batchNorm' },
        relu('relu'),
        { name: 'pool', kind: 'maxPool', poolSize: 1 },
        { name: 'flat', kind: 'flatten' },
        logits,
      ],
    ),
  ],
  [
    'an image 2,000 pixels wide',
    of(
      [4, 2000],
      [
        conv('conv1', 2),
        { name: 'bn', kind: 'batchNorm' },
        { name: 'pool', kind: 'avgPool', poolSize: 3 },
        { name: 'gap', kind: 'globalMaxPool' },
        logits,
      ],
    ),
  ],
  [
    'neither batch norm nor pooling',
    of(
      [8, 8],
      [
        { ...conv('conv1', 3), dilationRate: 2 },
        relu('relu1'),
        conv('conv2', 2),
        { name: 'flat', kind: 'flatten' },
        logits,
      ],
    ),
  ],
  ['dense layers alone', of([5, 5], [{ name: 'flat', kind: 'flatten' }, logits])],
];

/** Everything that the tabs of every layer of a network ask for. */
async function askAll(model: Model, net: Network, seed: number): Promise<Map<string, unknown>> {
  const pixels = randomImages(net, 1, seed);
  const use: UseModel = async (work) => work(model, net);
  const activations = new Activations(model, net, pixels);
  const found = new Map<string, unknown>([
    ['probabilities', activations.probabilities],
    ['maps', activations.summaries()],
  ]);
  const add = (what: string, answer: unknown): void => void found.set(what, answer);
  const pictures = randomImages(net, 3, seed);
  const batch = { pixels: pictures, paths: ['a.png', 'b.png', 'c.png'] };
  const [height, width] = net.input.size;
  const question = { pixels, classIndex: 1 };
  const watch = { signal, progress: () => undefined, onHeat: (_: Attribution) => undefined };
  add('distributions', distributions(model, net, pixels, 0));
  add('occlusion', await occlusion(use, question, { patch: usualPatch(height, width), fill: 'grey' }, watch));
  add('integrated gradients', await integratedGradients(use, question, { baseline: 'black', steps: 4 }, watch));
  for (const { name, kind } of net.layers) {
    const { shape } = activations.output(name);
    add(`maps of ${name}`, activations.maps(name, 0, 4));
    add(`values of ${name}`, activations.values(name, 0));
    add(`dead maps of ${name}`, await deadOnBatch(use, batch, name, signal));
    const placement = { ...unmoved, shift: [0, 1] as [number, number] };
    if (shape.length === 1 || kind === 'conv2d') {
      add(`equivariance of ${name}`, equivariance(model, net, pixels, { layer: name, placement, from: 0 }));
    }
    if (kind === 'conv2d' || kind === 'dense') {
      add(`sum of ${name}`, sumOfMap(model, net, activations, name, 1));
      add(`kernels of ${name}`, kernelReport(name, kernelsOf(model, net, name), 0, null));
    }
    if (kind === 'conv2d') {
      add(
        `gradients of ${name}`,
        convolutionGradients(model, net, pixels, { layer: name, filter: 0, channel: 0, target: 0 }),
      );
    }
    if (kind === 'batchNorm') add(`batch norm of ${name}`, batchNormReport(model, net, batch, name));
    if (shape.length === 3 && kind !== 'batchNorm' && kind !== 'activation') {
      add(`Grad-CAM at ${name}`, await gradCam(use, question, name));
      add(`pooling of ${name}`, poolingReport(model, net, pixels, { layer: name, from: 0 }));
      add(
        `response of ${name}`,
        await poolingResponse(use, pixels, { layer: name }, { signal, progress: () => undefined }),
      );
    }
  }
  return found;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** In bytes, once the garbage is collected. */
function resident(): number {
  collect();
  return process.memoryUsage().rss;
}

/** Where in an answer a number is not finite. */
function broken(answer: unknown, path = ''): string[] {
  if (typeof answer === 'number') return Number.isFinite(answer) ? [] : [path];
  if (ArrayBuffer.isView(answer)) return (answer as Float32Array).every(Number.isFinite) ? [] : [path];
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.entries(answer).flatMap(([name, value]) => broken(value, `${path}/${name}`));
}

describe.each(odd)('%s', (_, net) => {
  it('every tab has an answer in numbers, of weights that nobody has trained', () =>
    withModel(net, 2, { seed: 3 }, async (model) => {
      for (const [what, answer] of await askAll(model, net, 1)) expect(broken(answer), what).toEqual([]);
    }));

  it('every tab has an answer though the weights are no numbers', () =>
    withModel(net, 2, { seed: 3 }, async (model) => {
      model.writeWeights(model.readWeights().map((one) => ({ ...one, values: one.values.map(() => NaN) })));
      const found = await askAll(model, net, 1);
      expect(broken(found.get('probabilities'))).not.toEqual([]);
      expect(found.size).toBeGreaterThan(5 + 3 * net.layers.length);
    }));
});

it(`nothing is held after ${soak ? 200 : 12} image changes`, { timeout: 600_000 }, () =>
  withModel(usual, 3, { seed: 1 }, async (model) => {
    perturb(model, 1);
    const held = () => ({ tensors: binding.getNumOfTensors(), sessions: binding.getNumOfSavedModels() });
    const [warmUp, changes] = soak ? [150, 200] : [4, 12];
    for (let image = 0; image < warmUp; image++) await askAll(model, usual, image);
    const [before, memory] = [held(), resident()];
    for (let image = 0; image < changes; image++) await askAll(model, usual, warmUp + image);
    expect(held()).toEqual(before);
    const grown = (resident() - memory) / changes;
    if (soak) console.log(`${changes} image changes: ${Math.round(grown)} bytes each, ${JSON.stringify(before)} held`);
    // What one change computes is 2 MB and more; allocators settle within the first.
    if (soak) expect(grown).toBeLessThan(100_000);
  }),
);
