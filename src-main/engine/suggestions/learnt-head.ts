/** A head learnt from labelled features: prepares what it learns from, chooses the penalty, judges other images. */
import { createRandom } from '../../shared/random.ts';
import { featureCount } from '../backbone/graph.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { DataType } from '../graph/proto.ts';
import { Session } from '../graph/session.ts';
import { lengthsOf } from './directions.ts';
import { HeadFitter } from './head.ts';
import type { Examples, Heads } from './head.ts';
import type { LabelledDirections } from './predictor.ts';

/** From strong to weak: each fit starts where the one before ended. */
const penalties = [1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5];
/** With too few images to choose one: does well from 2 images a class on. */
const usualPenalty = 3e-4;
const mostParts = 4;
/** The penalty is chosen on no more images than this. */
const choosingImages = 1500;

export class LearntHead {
  /** Of the images it learnt from, judged by heads that did not: [images, classes]. */
  readonly heldOut: Float32Array;
  readonly #session: Session;

  constructor(given: LabelledDirections) {
    const { inputs, mean } = centred(given.directions);
    const examples = examplesOf(given, inputs);
    const { heads, heldOut } = fit(examples);
    this.heldOut = heldOut;
    this.#session = new Session(judgeGraph(fullHead(heads, examples), mean, given.classes));
  }

  /** Directions, uint8 [images, 1280] -> probabilities [images, classes]. */
  judge(directions: Uint8Array): Float32Array {
    const feed = { shape: [directions.length / featureCount, featureCount], values: directions };
    const [probabilities] = this.#session.run({ directions: feed }, ['probabilities']);
    return probabilities!.values as Float32Array;
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/** Directions at length 1, less their mean: where only the differences are left, the method converges in few steps. */
function centred(directions: Uint8Array): { inputs: Float32Array; mean: Float32Array } {
  const lengths = lengthsOf(directions);
  const inputs = Float32Array.from(directions, (value, i) => value / lengths[Math.floor(i / featureCount)]!);
  const mean = new Float32Array(featureCount);
  inputs.forEach((value, i) => (mean[i % featureCount]! += value / lengths.length));
  return { inputs: inputs.map((value, i) => value - mean[i % featureCount]!), mean };
}

/** Each class's images are dealt to the parts in turn, in a seeded order. Without two images of a class: no parts. */
function examplesOf({ labels, classes }: LabelledDirections, inputs: Float32Array): Examples {
  const counts = new Int32Array(classes);
  const parts = new Int32Array(labels.length);
  for (const image of createRandom(1, 'parts').shuffle(Uint32Array.from(labels.keys()))) {
    parts[image] = counts[labels[image]!]!++;
  }
  const largest = Math.max(...counts);
  const partCount = largest < 2 ? 0 : Math.min(mostParts, largest);
  const inParts = partCount === 0 ? parts.fill(0) : parts.map((turn) => turn % partCount);
  return { inputs, width: featureCount, labels, classes, parts: inParts, partCount };
}

function fit(examples: Examples): { heads: Heads; heldOut: Float32Array } {
  const penalty = choosePenalty(someOf(examples, choosingImages));
  const fitter = new HeadFitter(examples);
  try {
    const heads = fitter.fit(penalty);
    return { heads, heldOut: heldOutOf(fitter.probabilities(heads), examples) };
  } finally {
    fitter.dispose();
  }
}

/** The penalty whose held-out images are the least surprising: the least mean of -log p[label]. */
function choosePenalty(examples: Examples): number {
  if (examples.partCount === 0) return usualPenalty;
  const { labels, classes } = examples;
  const fitter = new HeadFitter(examples);
  try {
    let best = { penalty: usualPenalty, surprise: Infinity };
    let heads: Heads | undefined;
    for (const penalty of penalties) {
      heads = fitter.fit(penalty, heads);
      const heldOut = heldOutOf(fitter.probabilities(heads), examples);
      const surprise = labels.reduce(
        (sum, label, i) => sum - Math.log(Math.max(1e-9, heldOut[i * classes + label]!)),
        0,
      );
      if (surprise < best.surprise) best = { penalty, surprise };
    }
    return best.penalty;
  } finally {
    fitter.dispose();
  }
}

/** The first `count` images; they come in no order. */
function someOf(examples: Examples, count: number): Examples {
  const { inputs, width, labels, parts } = examples;
  if (labels.length <= count) return examples;
  return {
    ...examples,
    inputs: inputs.subarray(0, count * width),
    labels: labels.subarray(0, count),
    parts: parts.subarray(0, count),
  };
}

/** Out of probabilities [images, heads, classes], each image's row of the head without its part. */
function heldOutOf(probabilities: Float32Array, { labels, classes, parts, partCount }: Examples): Float32Array {
  const heldOut = new Float32Array(labels.length * classes);
  parts.forEach((part, image) => {
    const start = (image * (partCount + 1) + part) * classes;
    heldOut.set(probabilities.subarray(start, start + classes), image * classes);
  });
  return heldOut;
}

/** The head that learnt from all images: [1280, classes] and [classes]. */
function fullHead({ weights, biases }: Heads, { classes, partCount }: Examples): Heads {
  const row = (partCount + 1) * classes;
  const full = new Float32Array(featureCount * classes);
  for (let i = 0; i < featureCount; i++)
    full.set(weights.subarray((i + 1) * row - classes, (i + 1) * row), i * classes);
  return { weights: full, biases: biases.slice(-classes) };
}

function judgeGraph({ weights, biases }: Heads, mean: Float32Array, classes: number) {
  const graph = new GraphBuilder();
  const given = graph.placeholder('directions', DataType.uint8, [-1, featureCount]);
  const directions = graph.cast(given, DataType.uint8, DataType.float);
  const squares = graph.sumOver(graph.unary('Square', directions), [1]);
  const lengths = graph.binary('Maximum', graph.unary('Sqrt', squares), graph.scalar(1));
  const unit = graph.binary('RealDiv', directions, graph.reshape(lengths, [-1, 1]));
  const inputs = graph.binary('Sub', unit, graph.largeConstant(mean, [featureCount]));
  const product = graph.matMul(inputs, graph.largeConstant(weights, [featureCount, classes]));
  const logits = graph.biasAdd(product, graph.largeConstant(biases, [classes]));
  graph.unary('Softmax', logits, 'probabilities');
  return graph.nodes;
}
