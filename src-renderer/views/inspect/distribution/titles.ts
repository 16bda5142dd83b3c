import type { TensorHistory } from '../../../../src-main/shared/inspect/spread-history.ts';
import { text } from '../../../messages/index.ts';

/** What a recorded tensor is called on the screen. */
export function titleOf({ field, isGradient }: Pick<TensorHistory, 'field' | 'isGradient'>): string {
  const words = text.explain.distribution;
  if (field === 'output') return isGradient ? words.outputGradient : words.activations;
  return isGradient ? words.weightGradient(field) : words.weights(field);
}
