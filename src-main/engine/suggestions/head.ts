/**
 * The layer that turns features into classes: multinomial logistic regression with an L2 penalty, learnt from the labels
 * so far. Several heads are fitted at once on different parts of the images: one on all of them, the others each without
 * one part, whose images they then judge without having seen them. That chooses the penalty, and tells labels that look
 * wrong.
 */
import { attr, float, GraphBuilder } from '../graph/builder.ts';
import { crossEntropy } from '../graph/loss.ts';
import { DataType } from '../graph/proto.ts';
import { Session } from '../graph/session.ts';

/** What heads learn from, `rows` images. */
export interface Examples {
  /** [rows, width] row by row, each row of mean 0 over the images. */
  inputs: Float32Array;
  width: number;
  /** Class numbers, from 0. */
  labels: Int32Array;
  classes: number;
  /** Which part each image belongs to, from 0; the head of that number does not learn from it. */
  parts: Int32Array;
  partCount: number;
}

export interface Heads {
  /** [width, heads, classes]; the last head learnt from all images. */
  weights: Float32Array;
  /** [heads, classes] */
  biases: Float32Array;
}

const maximumSteps = 200;
/** Where no weight's slope is larger than this any more, the heads are done. Nats by unit of weight. */
const tolerance = 1e-4;

/** Fits heads to the same examples with one penalty after another. Call `dispose` when done. */
export class HeadFitter {
  readonly #examples: Examples;
  readonly #heads: number;
  readonly #session: Session;
  /** Largest eigenvalue of the inputs' covariance: bounds how sharply the loss bends. */
  readonly #spread: number;

  constructor(examples: Examples) {
    this.#examples = examples;
    this.#heads = examples.partCount + 1;
    this.#session = new Session(lossGraph(examples, this.#heads));
    const { inputs, width, labels } = examples;
    this.#session.execute({ [nodes.given]: { shape: [labels.length, width], values: inputs } }, [nodes.assigned]);
    this.#spread = largestEigenvalue(inputs, width);
  }

  /**
   * Minimises, for each head, the mean cross-entropy of its images plus penalty / 2 times the squares of its weights, by
   * Nesterov's accelerated gradient method for strongly convex functions ("Introductory Lectures on Convex Optimization",
   * 2004, 2.2.11): steps of 1 / L, momentum (1 - sqrt(mu / L)) / (1 + sqrt(mu / L)), where mu is the penalty and the
   * softmax's Hessian gives L = spread / 2 + mu (Boehning 1992).
   */
  fit(penalty: number, start?: Heads): Heads {
    const { width, classes } = this.#examples;
    const count = width * this.#heads * classes;
    const biasCount = this.#heads * classes;
    // The bias is the weight of an input that is 1 everywhere; it bends the loss by at most 1 / 2 and has no penalty.
    const bend = this.#spread / 2 + penalty;
    const ratio = Math.sqrt(penalty / bend);
    const momentum = (1 - ratio) / (1 + ratio);
    let at: Heads = start ?? { weights: new Float32Array(count), biases: new Float32Array(biasCount) };
    let ahead = at;
    for (let step = 0; step < maximumSteps; step++) {
      const slope = this.#slope(ahead);
      const next: Heads = { weights: new Float32Array(count), biases: new Float32Array(biasCount) };
      const onward: Heads = { weights: new Float32Array(count), biases: new Float32Array(biasCount) };
      let steepest = 0;
      for (let i = 0; i < count; i++) {
        const full = slope.weights[i]! + penalty * ahead.weights[i]!;
        if (Math.abs(full) > steepest) steepest = Math.abs(full);
        next.weights[i] = ahead.weights[i]! - full / bend;
        onward.weights[i] = next.weights[i]! + momentum * (next.weights[i]! - at.weights[i]!);
      }
      for (let i = 0; i < biasCount; i++) {
        steepest = Math.max(steepest, Math.abs(slope.biases[i]!));
        next.biases[i] = ahead.biases[i]! - slope.biases[i]! * 2;
        onward.biases[i] = next.biases[i]! + momentum * (next.biases[i]! - at.biases[i]!);
      }
      at = next;
      ahead = onward;
      if (steepest < tolerance) break;
    }
    return at;
  }

  /** Probabilities [rows, heads, classes]. */
  probabilities({ weights, biases }: Heads): Float32Array {
    const [fetched] = this.#session.run(this.#feeds({ weights, biases }), [nodes.probabilities]);
    return fetched!.values as Float32Array;
  }

  dispose(): void {
    this.#session.dispose();
  }

  #slope(heads: Heads): Heads {
    const [weights, biases] = this.#session.run(this.#feeds(heads), [nodes.weightSlope, nodes.biasSlope]);
    return { weights: weights!.values as Float32Array, biases: biases!.values as Float32Array };
  }

  #feeds({ weights, biases }: Heads) {
    const { width, classes } = this.#examples;
    return {
      [nodes.weights]: { shape: [width, this.#heads * classes], values: weights },
      [nodes.biases]: { shape: [this.#heads * classes], values: biases },
    };
  }
}

const nodes = {
  given: 'given',
  assigned: 'assigned',
  weights: 'weights',
  biases: 'biases',
  probabilities: 'probabilities',
  weightSlope: 'weightSlope',
  biasSlope: 'biasSlope',
} as const;

function lossGraph({ labels, width, classes, parts, partCount }: Examples, heads: number) {
  const graph = new GraphBuilder();
  const rows = labels.length;
  const handle = graph.node('VarHandleOp', [], {
    dtype: float,
    shape: attr.shape([rows, width]),
    shared_name: attr.string('inputs'),
    container: attr.string(''),
  });
  const given = graph.placeholder(nodes.given, DataType.float, [rows, width]);
  graph.barrier(nodes.assigned, [graph.node('AssignVariableOp', [handle, given], { dtype: float })]);
  const inputs = graph.node('ReadVariableOp', [handle], { dtype: float });
  const weights = graph.placeholder(nodes.weights, DataType.float, [width, heads * classes]);
  const biases = graph.placeholder(nodes.biases, DataType.float, [heads * classes]);
  const logits = graph.reshape(graph.biasAdd(graph.matMul(inputs, weights), biases), [rows * heads, classes]);
  graph.unary('Softmax', logits, nodes.probabilities);
  const repeated = [...labels].flatMap((label) => new Array<number>(heads).fill(label));
  const loss = crossEntropy(graph, logits, graph.ints(repeated));
  // Each head's mean is over the images that it learns from; with no parts there is only the head that learns from all.
  const learnsFrom = (head: number, part: number): boolean => head === partCount || part !== head;
  const learnt = Array.from({ length: heads }, (_, head) => parts.filter((part) => learnsFrom(head, part)).length);
  const shares = [...parts].flatMap((part) => learnt.map((count, head) => (learnsFrom(head, part) ? 1 / count : 0)));
  const share = graph.floats(shares, [rows * heads, 1]);
  const slope = graph.reshape(graph.binary('Mul', loss.gradient(graph.scalar(1)), share), [rows, heads * classes]);
  graph.matMul(inputs, slope, { x: true }, nodes.weightSlope);
  graph.biasAddGradient(slope, nodes.biasSlope);
  return graph.nodes;
}

/** Of X'X / rows, by power iteration; a little above, so that it bounds. */
function largestEigenvalue(inputs: Float32Array, width: number): number {
  const rows = inputs.length / width;
  let direction = Float64Array.from({ length: width }, (_, i) => 1 + (i % 7));
  let value = 0;
  for (let round = 0; round < 30; round++) {
    const next = new Float64Array(width);
    for (let row = 0; row < rows; row++) {
      const start = row * width;
      let product = 0;
      for (let i = 0; i < width; i++) product += inputs[start + i]! * direction[i]!;
      for (let i = 0; i < width; i++) next[i]! += product * inputs[start + i]!;
    }
    value = Math.hypot(...next) / Math.hypot(...direction) / rows;
    const scale = 1 / Math.hypot(...next);
    direction = next.map((number) => number * scale);
  }
  return value * 1.05;
}
