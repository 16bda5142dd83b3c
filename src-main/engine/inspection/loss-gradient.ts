/** The loss of one image and its gradients, in inference mode. */
import type { Model } from '../graph/model.ts';
import { outputOf } from './maps.ts';

export interface LossGradient {
  /** What the first layers see, float [1, height, width, channels]. */
  inputs: Float32Array;
  /** The gradient of the cross-entropy by the logits: probabilities less the target. */
  weights: Float32Array;
  /** Nats. */
  loss: number;
}

/** The cross-entropy of the image against class `target`. */
export function lossGradient(model: Model, pixels: Uint8Array, target: number): LossGradient {
  const inputs = outputOf('input');
  const probabilities = model.predict(pixels);
  const weights = probabilities.map((probability, unit) => probability - Number(unit === target));
  return { inputs: model.fetch(pixels, [inputs])[inputs]!.values, weights, loss: -Math.log(probabilities[target]!) };
}
