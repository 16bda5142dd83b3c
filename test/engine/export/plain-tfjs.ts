/** Run as a process of its own: loads an exported folder in plain TensorFlow.js, without our engine, and prints its probabilities. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';

const [folder, pixelsFile] = process.argv.slice(2) as [string, string];
const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
const weights = weightsManifest[0].paths.map((path: string) => readFileSync(join(folder, path)));
const { buffer, byteOffset, byteLength } = Buffer.concat(weights);
const model = await tf.loadLayersModel(
  tf.io.fromMemory({
    modelTopology,
    weightSpecs: weightsManifest[0].weights,
    weightData: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer,
  }),
);
const [, height, width, channels] = model.inputs[0]!.shape as [null, number, number, number];
const pixels = Float32Array.from(readFileSync(pixelsFile));
const images = tf.tensor4d(pixels, [pixels.length / (height * width * channels), height, width, channels]);
process.stdout.write(JSON.stringify(Array.from((model.predict(images) as tf.Tensor).dataSync())));
