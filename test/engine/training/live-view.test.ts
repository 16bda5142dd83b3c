import { afterAll, expect, test } from 'vitest';
import { Model } from '../../../src-main/engine/graph/model.ts';
import { LiveView, layersToShow } from '../../../src-main/engine/training/live-view.ts';
import { LookBudget } from '../../../src-main/engine/training/look-budget.ts';
import type { LiveLook } from '../../../src-main/shared/inspection.ts';
import { parseNetwork, presets } from '../../../src-main/shared/network/index.ts';

const network = parseNetwork({
  input: { size: [130, 3], channels: 1 },
  layers: [
    { name: 'conv', kind: 'conv2d', filters: 12, kernelSize: 1 },
    { name: 'relu', kind: 'activation', function: 'relu' },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
});
const model = Model.create(network, 2, { seed: 1 });
afterAll(() => model.dispose());
const pixels = Uint8Array.from({ length: 390 }, (_, at) => at % 256);
const image = { height: 130, width: 3, channels: 1 as const, pixels };

test('it looks before training and then when it can be afforded, half a second apart at least', () => {
  const looks: number[] = [];
  let now = 0;
  let lookTakes = 100;
  const tell = (look: LiveLook) => {
    looks.push(look.step);
    now += lookTakes;
  };
  const clock = () => now;
  const budget = new LookBudget(clock);
  const view = new LiveView(model, image, () => null, tell, budget.account(0.04), clock);
  view.begin(6);
  expect(looks).toEqual([6, 6]);
  const stepAfter = (ms: number, step: number) => {
    now += ms;
    budget.stepDone();
    view.after(step);
    return looks.slice(2);
  };
  expect(stepAfter(2499, 7)).toEqual([]);
  lookTakes = 1;
  expect(stepAfter(1, 8)).toEqual([8]);
  // 4 % of 2,500 ms are 100 ms, of which 1 ms was used.
  expect(stepAfter(499, 9)).toEqual([8]);
  expect(stepAfter(1, 10)).toEqual([8, 10]);
});

test('large maps are thinned out, and eight of a layer are shown', () => {
  let look: LiveLook | null = null;
  const account = new LookBudget(() => 0).account(0.04);
  new LiveView(
    model,
    image,
    () => null,
    (one) => (look = one),
    account,
  ).after(7);
  const { step, norm, layers } = look!;
  expect({ step, norm }).toEqual({ step: 7, norm: null });
  expect(layers.map(({ layer, shape }) => [layer, shape])).toEqual([['relu', [44, 1, 8]]]);
  const { values } = model.fetch(pixels, ['relu/output'])['relu/output']!;
  // Every third row and column: row 43 is 129, of three columns the first.
  const cell = (row: number, map: number) => values[row * 3 * 12 + map];
  expect([...layers[0]!.values.slice(0, 8)]).toEqual(Array.from({ length: 8 }, (_, map) => cell(0, map)));
  expect([...layers[0]!.values.slice(43 * 8)]).toEqual(Array.from({ length: 8 }, (_, map) => cell(129, map)));
});

test('layers are spread over the network', () => {
  expect(layersToShow(parseNetwork(presets['conv-bn-pool']), 10)).toEqual(['relu1', 'relu2', 'relu3']);
  const deep = layersToShow(parseNetwork(presets['resnet-20']), 10);
  expect(deep).toHaveLength(4);
  expect(new Set(deep).size).toBe(4);
  expect(layersToShow(parseNetwork(presets['mlp']), 10)).toEqual([]);
});
