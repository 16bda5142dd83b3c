/**
 * The seam between the training loop and whatever computes: the loop knows no TensorFlow.
 * Pixels are uint8 0 to 255, [batch, height, width, channels]; labels are class indices, [batch].
 */
export interface Trainer {
  /**
   * One optimizer step.
   * @throws ReceptiveError `diverged`, all weights as they were before it, when its numbers are no longer sound.
   */
  step(pixels: Uint8Array, labels: Int32Array, learningRate: number): void;
  /** Means over the images stepped through since `resetMetrics`; loss in nats, accuracy 0 to 1. Waits for the device. */
  readMetrics(): { loss: number; accuracy: number; images: number };
  /** Begins an epoch's metrics anew, or goes on from `sums`. */
  resetMetrics(sums?: readonly number[]): void;
  /** What the metrics are made of so far, in the trainer's own terms: `resetMetrics` takes it back to the last digit. */
  metricSums(): number[];
  /** In inference mode: the sum of the losses and the number of correct images of the batch. */
  evaluate(pixels: Uint8Array, labels: Int32Array): { lossSum: number; correct: number };
  /** Every variable, optimizer slots included, as a checkpoint holds them. */
  readWeights(): NamedTensor[];
  /** Frees the device's memory; the next call of any kind takes it again, and everything is as it was. */
  suspend(): void;
}

/** A variable by its plain name (`conv1/kernel`), values row by row. */
export interface NamedTensor {
  name: string;
  shape: number[];
  values: Float32Array;
}

/** Decoded images, ready for the network: pixels [images, height, width, channels], labels [images]. */
export interface ImageTensors {
  pixels: Uint8Array;
  labels: Int32Array;
}
