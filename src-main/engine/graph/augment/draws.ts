import type { AugmentationName } from '../../../shared/augmentation.ts';
import { createRandom } from '../../../shared/random.ts';
import { attr, float, int32 } from '../builder.ts';
import type { GraphBuilder, TensorName } from '../builder.ts';
import { DataType } from '../proto.ts';

/** Where the random numbers come from. */
export interface DrawsSource {
  graph: GraphBuilder;
  seed: number;
  /** Training steps done so far, float scalar. */
  step: TensorName;
  /** Images in the batch, int32 [1]. */
  batch: TensorName;
}

/**
 * Random numbers, one an image of the batch: they follow from the run's seed, the augmentation they are for and the step
 * alone, so that a run that is resumed sees the same samples, and one augmentation more changes no other.
 */
export class Draws {
  readonly graph: GraphBuilder;
  readonly batch: TensorName;
  readonly #seed: number;
  readonly #step: TensorName;

  constructor({ graph, seed, step, batch }: DrawsSource) {
    this.graph = graph;
    this.batch = batch;
    this.#seed = seed;
    this.#step = graph.cast(step, DataType.float, DataType.int32);
  }

  /** [batch], uniform from `low` to `high`; fetchable as `.augment/<augmentation>/<what>`. */
  uniform(augmentation: AugmentationName, what: string, low: number, high: number): TensorName {
    const { graph } = this;
    const attributes = { T: int32, Tseed: int32, dtype: float };
    const inputs = [this.batch, this.#seedOf(augmentation, what)];
    const unit = graph.node('StatelessRandomUniform', inputs, attributes); // [0, 1)
    const spread = graph.binary('Mul', unit, graph.scalar(high - low));
    return graph.binary('AddV2', spread, graph.scalar(low), drawName(augmentation, what));
  }

  /** [batch], from the gamma distribution of shape `alpha` and rate 1. */
  gamma(augmentation: AugmentationName, what: string, alpha: number): TensorName {
    const inputs = [this.batch, this.#seedOf(augmentation, what), this.graph.scalar(alpha)];
    return this.graph.node('StatelessRandomGammaV2', inputs, { T: int32, Tseed: int32, dtype: float });
  }

  /** [batch], the same number for every image. */
  constant(value: number): TensorName {
    return this.graph.node('Fill', [this.batch, this.graph.scalar(value)], { T: float, index_type: int32 });
  }

  #seedOf(augmentation: AugmentationName, what: string): TensorName {
    const stream = createRandom(this.#seed, `augment ${augmentation} ${what}`).int(2 ** 31);
    const attributes = { T: int32, N: attr.int(2), axis: attr.int(0) };
    return this.graph.node('Pack', [this.graph.ints([stream], []), this.#step], attributes);
  }
}

export const drawName = (augmentation: AugmentationName, what: string): string => `.augment/${augmentation}/${what}`;
