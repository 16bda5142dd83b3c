/**
 * Prediction with tiny-vgg at 64 x 64, in batches of 32 and one image at a time: this program against onnxruntime-node,
 * given the same bytes or floats that were made of them before, and Keras in a tf.function, in turns on one machine. Prints
 * tables and, last, one line of JSON.
 */
// As the processes that predict many images.
import '../src-main/engine/one-thread-a-kernel.ts';
import { Model } from '../src-main/engine/graph/model.ts';
import { deviceReport } from '../src-main/engine/tensorflow.ts';
import type { NamedTensor } from '../src-main/engine/training/trainer.ts';
import { views } from '../src-main/engine/training/batches.ts';
import { machine, machineText } from './machine.ts';
import { classes, networks, noise, Peer } from './networks.ts';
import { onnxModel, onnxRuntime, onnxVersions, transposed } from './onnx.ts';
import { pythonVersions } from './python.ts';
import { inTurns, printSpeeds, spentOn, times } from './turns.ts';

// A pass takes about a second: on a machine whose speed comes and goes three of them say little.
const rounds = 9;
const network = networks['tiny-vgg, 64x64x3'];
const [height, width] = network.input.size;
const { channels } = network.input;

const device = deviceReport();
const keras = new Peer('keras');
const model = Model.create(network, classes, { seed: 1 });
// Those of a new model are all 0, and adding them would be left out.
const trainedBias = ({ values }: NamedTensor) => values.map((_, at) => Math.sin(at + 1) / 10);
model.writeWeights(model.readWeights().map((w) => (w.name.endsWith('/bias') ? { ...w, values: trainedBias(w) } : w)));
const onnx = onnxRuntime();
const onnxSession = (pixels: 'uint8' | 'float32') =>
  onnx.InferenceSession.create(onnxModel(network, model.readWeights(), classes, pixels));
const sessions = { bytes: await onnxSession('uint8'), floats: await onnxSession('float32') };

const shapeOf = (pixels: Uint8Array) => [pixels.length / (height * width * channels), height, width, channels];
const bytesTensor = (pixels: Uint8Array) => new onnx.Tensor('uint8', pixels, shapeOf(pixels));

/** As the first convolution takes them. */
function floatsTensor(pixels: Uint8Array) {
  const values = Float32Array.from(pixels, (value) => value / 255);
  const turned = transposed({ shape: shapeOf(pixels), values }, [0, 3, 1, 2]);
  return new onnx.Tensor('float32', turned.values, turned.shape);
}

/** All have the same weights: what they say of the same image must be the same. */
async function mustAgree(): Promise<void> {
  const { pixels } = noise(network, 1);
  const ours = model.predict(pixels);
  for (const { probabilities } of [
    await sessions.bytes.run({ pixels: bytesTensor(pixels) }),
    await sessions.floats.run({ pixels: floatsTensor(pixels) }),
  ]) {
    const apart = Math.max(...ours.map((value, at) => Math.abs(value - probabilities!.data[at]!)));
    if (!(apart < 1e-5)) throw new Error(`An ONNX model's probabilities are off by ${apart}.`);
  }
}

async function compare(images: number, batchSize: number) {
  const batches = [...views(noise(network, images), batchSize)];
  // Not timed, though whoever has decoded images would have to do it.
  const prepared = batches.map(({ pixels }) => floatsTensor(pixels));
  await keras.load(network, images, batchSize);
  const passes = {
    receptive: () =>
      spentOn(() => {
        for (const { pixels } of batches) model.predict(pixels);
      }),
    onnxruntime: () =>
      spentOn(async () => {
        for (const { pixels } of batches) await sessions.bytes.run({ pixels: bytesTensor(pixels) });
      }),
    onnxruntimePrepared: () =>
      spentOn(async () => {
        for (const pixels of prepared) await sessions.floats.run({ pixels });
      }),
    keras: () => keras.pass('predict'),
  };
  return inTurns(passes, images, rounds);
}

await mustAgree();
const versions = { tensorflow: device.tensorflow, 'tensorflow-cpu': pythonVersions['tensorflow-cpu'], ...onnxVersions };
console.log(`${machineText}; TensorFlow ${versions.tensorflow} on ${device.device}, onnxruntime-node 1.30.0`);
console.log(`Prediction; medians of ${rounds} passes in turns.`);
const titles = {
  receptive: 'Receptive',
  onnxruntime: 'onnxruntime-node, from the same bytes',
  onnxruntimePrepared: 'onnxruntime-node, from floats made before',
  keras: 'Keras in a tf.function',
};
const results: Record<string, object> = {};
for (const [batchSize, images] of [
  [32, 8192],
  [1, 2048],
] as const) {
  const speeds = await compare(images, batchSize);
  const { receptive, onnxruntime, onnxruntimePrepared, keras } = speeds;
  const ratios = {
    timesOnnxruntime: times(receptive, onnxruntime),
    timesOnnxruntimePrepared: times(receptive, onnxruntimePrepared),
    timesKeras: times(receptive, keras),
  };
  results[`batch ${batchSize}`] = { ...speeds, ...ratios };
  printSpeeds(`tiny-vgg, 64x64x3, batch ${batchSize}`, titles, speeds);
  const ofOnnx = `${ratios.timesOnnxruntime} (from floats made before ${ratios.timesOnnxruntimePrepared})`;
  console.log(`  ${ofOnnx} times onnxruntime-node, ${ratios.timesKeras} times Keras`);
}
keras.end();
model.dispose();
console.log(`\n${JSON.stringify({ machine: { ...machine, device: device.device }, versions, rounds, results })}`);
