/** What a network takes of memory, in bytes: every number is a 32-bit float. */
import { elementCount } from './shapes.ts';
import type { NetworkDescription } from './describe.ts';
import type { Shape } from './spec.ts';

const bytesPerNumber = 4;

/** A layer's output for a batch. 28x28x16, batch 64 -> 3,211,264 */
export function activationBytes(output: Shape, batch: number): number {
  return elementCount(output) * batch * bytesPerNumber;
}

/** The outputs of all layers for a batch; those that are not known yet count nothing. */
export function outputBytes({ layers }: Pick<NetworkDescription, 'layers'>, batch: number): number {
  return layers.reduce((sum, { outputShape }) => sum + (outputShape ? activationBytes(outputShape, batch) : 0), 0);
}

/**
 * What one training step holds at once, at most: every layer's output and the gradient by it, and for each parameter its
 * value, its gradient and `slots` numbers of the optimizer (Adam 2, momentum 1, plain gradient descent 0). Kernels' own
 * working memory comes on top.
 */
export function trainingBytes(description: NetworkDescription, batch: number, slots = 2): number {
  const { totals } = description;
  return (
    2 * outputBytes(description, batch) +
    (2 + slots) * totals.params * bytesPerNumber +
    totals.nonTrainable * bytesPerNumber
  );
}
