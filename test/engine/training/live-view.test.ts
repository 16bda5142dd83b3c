import { afterAll, expect, test } from 'vitest';
import { Model } from '../../../src-main/engine/graph/model.ts';
import { LiveView, layersToShow } from '../../../src-main/engine/training/live-view.ts';
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

test('a look is followed by a rest of 48 times its length, half a second at least', () => {
  const looks: LiveLook[] = [];
  let now = 0;
  let lookTakes = 0;
  const norm = { layer: 'bn', step: 0, batchMean: [1], runningMean: [0] };
  const tell = (look: LiveLook) => {
    looks.push(look);
    now += lookTakes;
  };
  const view = new LiveView(
    model,
    image,
    () => norm,
    tell,
    () => now,
  );
  const stepAt = (ms: number, step: number) => {
    now = ms;
    view.after(step);
    return looks.map((look) => look.step);
  };
  expect(stepAt(0, 1)).toEqual([1]);
  expect(stepAt(499, 2)).toEqual([1]);
  lookTakes = 100;
  expect(stepAt(500, 3)).toEqual([1, 3]);
  lookTakes = 0;
  expect(stepAt(600 + 4799, 4)).toEqual([1, 3]);
  expect(stepAt(600 + 4800, 5)).toEqual([1, 3, 5]);
});

test('large maps are thinned out, and eight of a layer are shown', () => {
  let look: LiveLook | null = null;
  new LiveView(
    model,
    image,
    () => null,
    (one) => (look = one),
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
