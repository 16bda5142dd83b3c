import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LayersModel, Tensor } from '@tensorflow/tfjs-node-gpu';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Backbone } from '../../../src-main/engine/backbone/backbone.ts';
import { featureCount } from '../../../src-main/engine/backbone/graph.ts';
import { backboneFolder, readBackbone } from '../../../src-main/engine/backbone/files.ts';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import { tf } from '../../../src-main/engine/tensorflow.ts';

const demo = fileURLToPath(new URL('../../../resources/demo', import.meta.url));
const preprocessing = { height: 224, width: 224, channels: 3, fit: 'stretch' } as const;

/** Two pictures of each of these folders: drawings in colour, and photographs in grey. */
const folders = ['emoji/animals', 'emoji/faces', 'emoji/food', 'clothes/bag', 'clothes/sandal'];
const files = folders.flatMap((folder) =>
  readdirSync(join(demo, folder))
    .slice(0, 2)
    .map((name) => join(demo, folder, name)),
);

let pixels: Uint8Array;
let backbone: Backbone;
let model: LayersModel;

beforeAll(async () => {
  const decoder = new DecoderClient();
  pixels = Buffer.concat(await Promise.all(files.map((file) => decoder.pixels(file, preprocessing))));
  await decoder.close();
  backbone = new Backbone();
  model = await tf.loadLayersModel(`file://${join(backboneFolder, 'model.json')}`);
});
afterAll(() => {
  backbone.dispose();
  model.dispose();
});

test('the weights are those that TensorFlow.js reads from the same files', () => {
  const { weights } = readBackbone();
  expect(weights.size).toBe(model.weights.length);
  for (const { name, val } of model.weights as unknown as { name: string; val: Tensor }[]) {
    const ours = weights.get(name);
    expect(ours?.shape, name).toEqual(val.shape);
    expect(Buffer.from(ours!.values.buffer).equals(Buffer.from((val.dataSync() as Float32Array).slice().buffer))).toBe(
      true,
    );
  }
});

test('features of real images are those of TensorFlow.js, to 1e-4 of values up to 6', () => {
  const features = backbone.features(pixels);
  expect(features.length).toBe(files.length * featureCount);
  const { inputs } = model;
  const upToFeatures = tf.model({ inputs, outputs: model.getLayer('features').output });
  const expected = tf.tidy(() => {
    const batch = tf.tensor4d(pixels, [files.length, 224, 224, 3], 'int32').toFloat().sub(127).div(128);
    return (upToFeatures.predict(batch) as Tensor).dataSync();
  });
  const worst = features.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(Math.max(...expected)).toBeGreaterThan(2);
  expect(worst).toBeLessThan(1e-4);
});

test('an image has the same features alone and in a batch', () => {
  const together = backbone.features(pixels);
  const size = 224 * 224 * 3;
  const alone = backbone.features(pixels.subarray(3 * size, 4 * size));
  const worst = alone.reduce((most, value, i) => Math.max(most, Math.abs(value - together[3 * featureCount + i]!)), 0);
  expect(worst).toBeLessThan(1e-4);
});
