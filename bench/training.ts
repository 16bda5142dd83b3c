/**
 * Training speed: the compiled graph against tf.layers' own `fit` on the same networks, images, batches and optimizer, in
 * one process, in turns. Prints a table and, last, one line of JSON.
 */
import { cpus, totalmem } from 'node:os';
import { Model } from '../src-main/engine/graph/model.ts';
import { deviceReport, tf } from '../src-main/engine/tensorflow.ts';
import { parseNetwork, presets } from '../src-main/shared/network/index.ts';
import type { Layer, Network } from '../src-main/shared/network/spec.ts';
import { createRandom } from '../src-main/shared/random.ts';

const classes = 10;
const images = 2048;
const batchSize = 64;
const rounds = 5;
const learningRate = 0.001;

const networks: Record<string, Network> = {
  'conv-bn-pool, 28x28x1': parseNetwork(presets['conv-bn-pool'], { size: [28, 28], channels: 1 }),
  'two convs, 28x28x1': parseNetwork({
    input: { size: [28, 28], channels: 1 },
    layers: [
      { name: 'conv1', kind: 'conv2d', filters: 16, kernelSize: 3, padding: 'same' },
      { name: 'relu1', kind: 'activation', function: 'relu' },
      { name: 'bn1', kind: 'batchNorm' },
      { name: 'pool1', kind: 'maxPool', poolSize: 2 },
      { name: 'conv2', kind: 'conv2d', filters: 32, kernelSize: 3, padding: 'same' },
      { name: 'relu2', kind: 'activation', function: 'relu' },
      { name: 'bn2', kind: 'batchNorm' },
      { name: 'pool2', kind: 'avgPool', poolSize: 2 },
      { name: 'flatten', kind: 'flatten' },
      { name: 'logits', kind: 'dense', units: 'classes' },
    ],
  }),
};

/** One pass over the images; returns images per second. */
type Epoch = () => Promise<number>;

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return images / ((performance.now() - start) / 1000);
}

/** Shuffles, gathers each batch and trains on it, reading loss and accuracy at the end of the epoch, as `fit` does. */
function graphEpoch(network: Network, pixels: Uint8Array, labels: Int32Array): Epoch {
  const model = Model.create(network, classes, { seed: 1, optimizer: 'adam' });
  const random = createRandom(1);
  const size = pixels.length / images;
  const batch = { pixels: new Uint8Array(batchSize * size), labels: new Int32Array(batchSize) };
  return () =>
    timed(() => {
      model.resetMetrics();
      const order = random.shuffle(Int32Array.from({ length: images }, (_, i) => i));
      for (let start = 0; start < images; start += batchSize) {
        order.subarray(start, start + batchSize).forEach((image, i) => {
          batch.pixels.set(pixels.subarray(image * size, (image + 1) * size), i * size);
          batch.labels[i] = labels[image] as number;
        });
        model.step(batch.pixels, batch.labels, learningRate);
      }
      model.readMetrics();
    });
}

function layersEpoch(network: Network, pixels: Uint8Array, labels: Int32Array): Epoch {
  const { size, channels } = network.input;
  const model = tf.sequential();
  model.add(tf.layers.inputLayer({ inputShape: [...size, channels] }));
  for (const layer of network.layers) model.add(twin(layer));
  model.add(tf.layers.softmax());
  model.compile({
    optimizer: tf.train.adam(learningRate),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const x = tf.tensor(
    Float32Array.from(pixels, (value) => value / 255),
    [images, ...size, channels],
  );
  const y = tf.tensor1d(Float32Array.from(labels));
  return () => timed(() => model.fit(x, y, { epochs: 1, batchSize, verbose: 0 }));
}

/** The tf.layers layer for the kinds that the networks above are made of. */
function twin(layer: Layer) {
  const { layers } = tf;
  switch (layer.kind) {
    case 'conv2d':
      return layers.conv2d({
        filters: layer.filters,
        kernelSize: layer.kernelSize,
        padding: layer.padding as 'same' | 'valid',
        useBias: layer.useBias,
      });
    case 'batchNorm':
      return layers.batchNormalization({ momentum: layer.momentum, epsilon: layer.epsilon });
    case 'activation':
      return layers.reLU();
    case 'maxPool':
      return layers.maxPooling2d({ poolSize: layer.poolSize });
    case 'avgPool':
      return layers.averagePooling2d({ poolSize: layer.poolSize });
    case 'globalAvgPool':
      return layers.globalAveragePooling2d({});
    case 'flatten':
      return layers.flatten();
    case 'dense':
      return layers.dense({ units: classes, useBias: layer.useBias });
    default:
      throw new Error(`There is no twin for ${layer.kind} here.`);
  }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

async function compare(network: Network): Promise<{ layers: number; graph: number }> {
  const random = createRandom(1);
  const { size, channels } = network.input;
  const pixels = Uint8Array.from({ length: images * size[0] * size[1] * channels }, () => random.int(256));
  const labels = Int32Array.from({ length: images }, () => random.int(classes));
  const epochs = { layers: layersEpoch(network, pixels, labels), graph: graphEpoch(network, pixels, labels) };
  const speeds: { layers: number[]; graph: number[] } = { layers: [], graph: [] };
  for (let round = 0; round <= rounds; round++) {
    const speed = { layers: await epochs.layers(), graph: await epochs.graph() };
    if (round === 0) continue; // warms up
    speeds.layers.push(speed.layers);
    speeds.graph.push(speed.graph);
  }
  return { layers: median(speeds.layers), graph: median(speeds.graph) };
}

const device = deviceReport();
const machine = {
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  device: device.device,
  tensorflow: device.tensorflow,
  tfjs: tf.version.tfjs,
  node: process.versions.node,
};
console.log(`${machine.processor}, ${machine.cores} cores, TensorFlow ${machine.tensorflow} on ${machine.device}`);
console.log(
  `Batches of ${batchSize}, Adam; images per second, median of ${rounds} epochs of ${images} images in turns.\n`,
);
console.log(`${'network'.padEnd(26)}${'tf.layers fit'.padStart(15)}${'graph'.padStart(10)}${'times'.padStart(8)}`);
const results: Record<string, { layers: number; graph: number; times: number }> = {};
for (const [name, network] of Object.entries(networks)) {
  const { layers, graph } = await compare(network);
  results[name] = { layers: Math.round(layers), graph: Math.round(graph), times: Number((graph / layers).toFixed(2)) };
  const columns = [
    layers.toFixed(0).padStart(15),
    graph.toFixed(0).padStart(10),
    (graph / layers).toFixed(1).padStart(8),
  ];
  console.log(`${name.padEnd(26)}${columns.join('')}`);
}
console.log(`\n${JSON.stringify({ machine, batchSize, images, rounds, results })}`);
