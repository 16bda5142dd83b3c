import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LayersModel, io } from '@tensorflow/tfjs';
import { ReceptiveError } from '../../shared/errors.ts';
import type { ExportResult } from '../../shared/inspection.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { RunInfo } from '../../shared/run.ts';
import { syncFolder, writeFileAtomically } from '../files.ts';
import type { Model } from '../graph/model.ts';
import { tf } from '../tensorflow.ts';
import { buildLayersModel } from './tfjs-layers.ts';

/** Our variable names after the layer's, in the order in which TensorFlow.js keeps a layer's weights. */
const weightOrder = [
  'kernel',
  'depthwiseKernel',
  'pointwiseKernel',
  'bias',
  'gamma',
  'beta',
  'movingMean',
  'movingVariance',
];

/**
 * Writes model.json, weights.bin and metadata.json into the new folder `path`, and compares the probabilities of the
 * written model with the engine's over `pixels` [images, height, width, channels] (null: no image to compare on).
 */
export async function exportTfjs(
  model: Model,
  { network: json, classes, preprocessing }: RunInfo,
  pixels: Uint8Array | null,
  path: string,
): Promise<ExportResult> {
  requireFree(path);
  const network = parseNetwork(json);
  const layers = buildLayersModel(network, classes.length, preprocessing.normalisation);
  try {
    copyWeights(model, layers);
    const artifacts = await artifactsOf(layers);
    const { height, width, channels, fit } = preprocessing;
    const metadata = { classes, preprocessing: { height, width, channels, fit } };
    const files = writeFolder(path, { ...filesOf(artifacts), 'metadata.json': pretty(metadata) });
    return { files, maxDifference: pixels && (await difference(model, artifacts, pixels, preprocessing)) };
  } finally {
    layers.dispose();
  }
}

function copyWeights(model: Model, layers: LayersModel): void {
  const weights = model.readWeights();
  for (const layer of layers.layers) {
    const own = weightOrder.flatMap((role) => weights.filter(({ name }) => name === `${layer.name}/${role}`));
    if (own.length === 0) continue;
    tf.tidy(() => layer.setWeights(own.map(({ values, shape }) => tf.tensor(values, shape))));
  }
}

async function artifactsOf(layers: LayersModel): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts | undefined;
  await layers.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  keepDepthMultipliers(artifacts!.modelTopology as SavedTopology, layers);
  return artifacts!;
}

interface SavedTopology {
  config: { layers: { name: string; class_name: string; config: Record<string, unknown> }[] };
}

/** TensorFlow.js leaves a separable convolution's depth multiplier out of what it saves. */
function keepDepthMultipliers(topology: SavedTopology, layers: LayersModel): void {
  for (const { name, class_name: kind, config } of topology.config.layers) {
    if (kind !== 'SeparableConv2D') continue;
    config['depth_multiplier'] = (layers.getLayer(name) as unknown as { depthMultiplier: number }).depthMultiplier;
  }
}

function filesOf({ modelTopology, weightSpecs, weightData, generatedBy }: io.ModelArtifacts) {
  const model = {
    format: 'layers-model',
    generatedBy,
    convertedBy: 'Receptive',
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  };
  return { 'model.json': JSON.stringify(model), 'weights.bin': joined(weightData!) };
}

function joined(data: io.WeightData): Uint8Array {
  return Buffer.concat((Array.isArray(data) ? data : [data]).map((part) => new Uint8Array(part)));
}

/** An empty folder is as good as none. */
function requireFree(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found || (found.isDirectory() && readdirSync(path).length === 0)) return;
  throw new ReceptiveError('exists', `${path} already exists.`, 'Choose another name, or an empty folder.');
}

/** All files or none: they are written beside and renamed. */
function writeFolder(path: string, files: Record<string, string | Uint8Array>): string[] {
  const temporary = `${path}.${process.pid}.tmp`;
  mkdirSync(temporary, { recursive: true });
  try {
    for (const [name, data] of Object.entries(files)) writeFileAtomically(join(temporary, name), data);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  syncFolder(dirname(path));
  return Object.keys(files).map((name) => join(path, name));
}

/** The largest difference of a probability between what was written, loaded again, and the engine. */
async function difference(
  model: Model,
  artifacts: io.ModelArtifacts,
  pixels: Uint8Array,
  { height, width, channels }: RunInfo['preprocessing'],
): Promise<number> {
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const ours = model.predict(pixels);
  const theirs = tf.tidy(() => {
    const images = tf.tensor4d(Float32Array.from(pixels), [
      pixels.length / (height * width * channels),
      height,
      width,
      channels,
    ]);
    return (loaded.predict(images) as ReturnType<typeof tf.tensor>).dataSync();
  });
  loaded.dispose();
  return ours.reduce((largest, value, at) => Math.max(largest, Math.abs(value - theirs[at]!)), 0);
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
