/** Figures that follow from a layer's description. */
import type { LayerDescription, Problem } from '../../../src-main/shared/network/index.ts';

/** Layers whose every output depends on the whole image: global pooling, dense, and what follows them. */
export function seesEverything(row: Pick<LayerDescription, 'receptiveField' | 'outputShape'>): boolean {
  const field = row.receptiveField;
  return (
    row.outputShape?.length === 1 && !!field && field.size[0] === field.stride[0] && field.size[1] === field.stride[1]
  );
}

/** What is wrong and what helps, as one text. */
export const problemText = ({ message, hint }: Problem): string => (hint ? `${message}. ${hint}` : message);
