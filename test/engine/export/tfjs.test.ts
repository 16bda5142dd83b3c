import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportTfjs } from '../../../src-main/engine/export/tfjs.ts';
import { Model } from '../../../src-main/engine/graph/model.ts';
import { parseNetwork, presets } from '../../../src-main/shared/network/index.ts';
import type { NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { createRandom } from '../../../src-main/shared/random.ts';
import type { RunInfo } from '../../../src-main/shared/run.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'receptive-tfjs-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const classes = ['cat', 'dog', 'owl'];
const random = createRandom(3);

/** Every kind that can be exported, with uneven strides, explicit padding, dilation and a branch. */
const everyKind: NetworkJson = {
  input: { size: [13, 11], channels: 3 },
  layers: [
    { name: 'conv1', kind: 'conv2d', filters: 6, kernelSize: [3, 5], strides: [1, 2], padding: [1, 2] },
    { name: 'bn1', kind: 'batchNorm' },
    { name: 'act1', kind: 'activation', function: 'leakyRelu' },
    { name: 'dilated', kind: 'conv2d', filters: 6, kernelSize: 3, padding: 'same', dilationRate: 2, useBias: false },
    { name: 'silu', kind: 'activation', function: 'silu' },
    { name: 'skip', kind: 'add', from: ['act1', 'silu'] },
    { name: 'depth', kind: 'depthwiseConv2d', kernelSize: 3, padding: [1, 1], depthMultiplier: 2 },
    { name: 'gelu', kind: 'activation', function: 'gelu' },
    { name: 'max', kind: 'maxPool', poolSize: 3, strides: 2, padding: 'same' },
    { name: 'avg', kind: 'avgPool', poolSize: 3, strides: 2, padding: 'same', from: ['gelu'] },
    { name: 'both', kind: 'concat', from: ['max', 'avg'] },
    { name: 'sep', kind: 'separableConv2d', filters: 6, kernelSize: [3, 2], padding: [1, 1], depthMultiplier: 2 },
    { name: 'layer', kind: 'layerNorm' },
    {
      name: 'zeros',
      kind: 'zeroPadding2d',
      padding: [
        [1, 0],
        [0, 2],
      ],
    },
    { name: 'larger', kind: 'conv2dTranspose', filters: 5, kernelSize: [3, 4], strides: 2, padding: [1, 1] },
    { name: 'same', kind: 'conv2dTranspose', filters: 4, kernelSize: 3, strides: [1, 2], padding: 'same' },
    { name: 'up', kind: 'upSampling2d', size: [1, 2] },
    {
      name: 'cut',
      kind: 'cropping2d',
      cropping: [
        [1, 2],
        [0, 3],
      ],
    },
    { name: 'drop', kind: 'dropout', rate: 0.5 },
    { name: 'gap', kind: 'globalAvgPool' },
    { name: 'gmax', kind: 'globalMaxPool', from: ['drop'] },
    { name: 'flat', kind: 'flatten', from: ['drop'] },
    { name: 'vectors', kind: 'concat', from: ['gap', 'gmax', 'flat'] },
    { name: 'hidden', kind: 'dense', units: 8 },
    { name: 'elu', kind: 'activation', function: 'elu' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/** Pooling with padding that is neither "valid" nor "same", even and uneven, and depthwise with unequal strides. */
const paddedPools: NetworkJson = {
  input: { size: [17, 14], channels: 3 },
  layers: [
    { name: 'conv', kind: 'conv2d', filters: 4, kernelSize: 1 },
    { name: 'max', kind: 'maxPool', poolSize: 3, strides: 2, padding: [1, 1] },
    { name: 'avg', kind: 'avgPool', poolSize: 3, strides: 2, padding: [1, 1], from: ['conv'] },
    { name: 'both', kind: 'concat', from: ['max', 'avg'] },
    { name: 'bent', kind: 'maxPool', poolSize: [5, 2], strides: [1, 2], padding: [1, 0] },
    { name: 'depth', kind: 'depthwiseConv2d', kernelSize: [3, 1], strides: [1, 2] },
    { name: 'last', kind: 'avgPool', poolSize: [4, 1], strides: 3, padding: [1, 0] },
    { name: 'flat', kind: 'flatten' },
    { name: 'logits', kind: 'dense', units: 'classes' },
  ],
};

/** A model with weights that training could have left, and images for it. */
function randomModel(json: NetworkJson) {
  const network = parseNetwork(json);
  const model = Model.create(network, classes.length, { seed: 5 });
  model.writeWeights(
    model.readWeights().map(({ name, shape, values }) => {
      const spread = values.map((value) =>
        /gamma|Variance/.test(name) ? 0.5 + random.next() : value + 0.1 * random.normal(),
      );
      return { name, shape, values: spread };
    }),
  );
  const [height, width] = network.input.size;
  const channels = network.input.channels as 1 | 3;
  const pixels = Uint8Array.from({ length: 4 * height * width * channels }, () => random.int(256));
  const info = { network: json, classes, preprocessing: { height, width, channels, fit: 'stretch' } } as RunInfo;
  return { model, pixels, info };
}

describe('the TensorFlow.js export', () => {
  it.each([
    ['every layer kind', everyKind],
    ['padded pooling', paddedPools],
    ['conv-bn-pool', { ...presets['conv-bn-pool']!, input: { size: [28, 28], channels: 1 } }],
    ['resnet-20', presets['resnet-20']!],
  ] as [string, NetworkJson][])('of %s gives the same probabilities in plain TensorFlow.js', async (_, json) => {
    const { model, pixels, info } = randomModel(json);
    const out = join(folder, 'model');
    const { files, maxDifference } = await exportTfjs(model, info, pixels, out);
    expect(files.map((file) => file.slice(out.length + 1)).sort()).toEqual([
      'metadata.json',
      'model.json',
      'weights.bin',
    ]);
    expect(maxDifference).toBeLessThan(1e-5);

    const pixelsFile = join(folder, 'pixels.bin');
    writeFileSync(pixelsFile, pixels);
    const script = join(import.meta.dirname, 'plain-tfjs.ts');
    const printed = execFileSync(process.execPath, [script, out, pixelsFile], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const theirs = JSON.parse(printed.slice(printed.indexOf('['))) as number[];
    const ours = model.predict(pixels);
    expect(theirs).toHaveLength(4 * classes.length);
    ours.forEach((value, at) => expect(Math.abs(value - theirs[at]!)).toBeLessThan(1e-5));
    expect(Math.max(...ours) - Math.min(...ours)).toBeGreaterThan(0.01); // not all alike, or nothing was compared
    const metadata = JSON.parse(readFileSync(join(out, 'metadata.json'), 'utf8'));
    expect(metadata).toEqual({ classes, preprocessing: info.preprocessing });
    model.dispose();
  });

  it.each<NetworkJson['layers'][number]>([
    { name: 'it', kind: 'maxPool', poolSize: 2, strides: 2, padding: [1, 1] },
    { name: 'it', kind: 'upSampling2d', interpolation: 'bilinear' },
    { name: 'it', kind: 'groupNorm', groups: 3 },
  ])('names the layer that TensorFlow.js has no equal of, and writes nothing: %j', async (layer) => {
    const layers: NetworkJson['layers'] = [
      layer,
      { name: 'gap', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ];
    const { model, info } = randomModel({ input: { size: [8, 8], channels: 3 }, layers });
    const out = join(folder, 'model');
    await expect(exportTfjs(model, info, null, out)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/^it: /),
    });
    expect(existsSync(out)).toBe(false);
    model.dispose();
  });

  it('refuses to write over something', async () => {
    const { model, info } = randomModel(presets['mlp']!);
    expect((await exportTfjs(model, info, null, folder)).files).toHaveLength(3); // an empty folder is nothing
    await expect(exportTfjs(model, info, null, folder)).rejects.toMatchObject({ code: 'exists' });
    await expect(exportTfjs(model, info, null, join(folder, 'model.json'))).rejects.toMatchObject({ code: 'exists' });
    model.dispose();
  });
});
