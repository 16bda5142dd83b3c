/**
 * What is asked of the predictor process: the numbers behind suggestions. It has TensorFlow to itself, at a low priority,
 * so that neither the screen nor a training waits for it, and its memory goes when the work is done.
 */
import type { Computing } from '../../shared/app.ts';
import type { Preprocessing } from '../../shared/run.ts';

/** Images whose class is known, for the head to learn from. */
export interface LabelledDirections {
  /** uint8 [images, 1280], see directions.ts. */
  directions: Uint8Array;
  /** Class numbers, 0 to `classes` - 1; each has at least one image. */
  labels: Int32Array;
  classes: number;
}

export interface PredictorFunctions {
  /** Pixels [batch, 224, 224, 3] -> directions of their features, uint8 [batch, 1280]. */
  features(pixels: Uint8Array): Uint8Array;
  /**
   * Learns a head. Answers with probabilities [images, classes] for the images it learns from, each judged by a head that
   * did not learn from that image (where there are too few images for that: by the head itself).
   */
  learn(examples: LabelledDirections): Float32Array;
  /** Directions [images, 1280] -> the learnt head's probabilities [images, classes]. */
  judge(directions: Uint8Array): Float32Array;
  /** Loads a trained run. Throws as RunFolder.open and loadModel do. */
  openRun(folder: string): { classes: string[]; preprocessing: Preprocessing };
  /** Pixels as that run takes them -> probabilities [batch, classes]. */
  predict(pixels: Uint8Array): Float32Array;
  /** What it computes with, which is what this computer computes with. */
  computing(): Computing;
}
