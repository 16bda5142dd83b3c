/**
 * Training speed with Adam, moving statistics, loss and accuracy: this program's step against Keras' `fit` and a PyTorch
 * loop (channels_last, fused Adam), in turns on one machine. Prints a table and, last, one line of JSON.
 */
import { Model } from '../src-main/engine/graph/model.ts';
import { deviceReport } from '../src-main/engine/tensorflow.ts';
import { shuffledBatches } from '../src-main/engine/training/batches.ts';
import type { Network } from '../src-main/shared/network/spec.ts';
import { machine, machineText } from './machine.ts';
import { classes, networks, noise, Peer } from './networks.ts';
import { pythonVersions, pytorchVersions } from './python.ts';
import { inTurns, printSpeeds, spentOn, times } from './turns.ts';

const batchSize = 64;
const rounds = 3;
/** An epoch: some seconds on two cores. */
const images: Record<keyof typeof networks, number> = {
  'conv-bn-pool, 28x28x1': 16384,
  'tiny-vgg, 64x64x3': 6144,
  'resnet-20, 32x32x3': 2048,
};

const device = deviceReport();
const versions = {
  tensorflow: device.tensorflow,
  'tensorflow-cpu': pythonVersions['tensorflow-cpu'],
  ...pytorchVersions,
};
const peers = { keras: new Peer('keras'), pytorch: new Peer('pytorch') };

async function compare(network: Network, count: number) {
  const data = noise(network, count);
  const model = Model.create(network, classes, { seed: 1, optimizer: 'adam' });
  let epoch = 0;
  /** As the training loop does it, which hears messages between steps. */
  const train = async (): Promise<void> => {
    model.resetMetrics();
    for await (const batch of shuffledBatches(data, batchSize, 1, ++epoch)) {
      model.step(batch.pixels, batch.labels, 0.001);
      await new Promise((resolve) => setImmediate(resolve));
    }
    model.readMetrics();
  };
  await Promise.all(Object.values(peers).map((peer) => peer.load(network, count, batchSize)));
  const passes = {
    receptive: () => spentOn(train),
    keras: () => peers.keras.pass('train'),
    pytorch: () => peers.pytorch.pass('train'),
  };
  const speeds = await inTurns(passes, count, rounds);
  model.dispose();
  return speeds;
}

console.log(`${machineText}; TensorFlow ${versions.tensorflow} on ${device.device}, PyTorch ${versions.torch}`);
console.log(`Training with Adam, batches of ${batchSize}; medians of ${rounds} epochs in turns.`);
const titles = { receptive: 'Receptive', keras: 'Keras fit', pytorch: 'PyTorch, channels_last, fused Adam' };
const results: Record<string, object> = {};
for (const [name, network] of Object.entries(networks)) {
  const speeds = await compare(network, images[name as keyof typeof networks]);
  const { receptive, keras, pytorch } = speeds;
  const ratios = { timesKeras: times(receptive, keras), timesPytorch: times(receptive, pytorch) };
  results[name] = { ...speeds, ...ratios };
  printSpeeds(name, titles, speeds);
  console.log(`  ${ratios.timesKeras} times Keras, ${ratios.timesPytorch} times PyTorch`);
}
for (const peer of Object.values(peers)) peer.end();
console.log(
  `\n${JSON.stringify({ machine: { ...machine, device: device.device }, versions, batchSize, rounds, results })}`,
);
