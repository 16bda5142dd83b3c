/** Figures that follow from a layer's description. */
import type { LayerDescription, NetworkDescription, Problem } from '../../../src-main/shared/network/index.ts';

const bytesPerNumber = 4;

/** Memory of the layer's output for one image, in bytes: 28x28x16 as 32-bit numbers -> 50,176. */
export const outputBytes = (row: Pick<LayerDescription, 'outputShape'>): number =>
  row.outputShape ? row.outputShape.reduce((product, length) => product * length, bytesPerNumber) : 0;

export const totalBytes = (description: Pick<NetworkDescription, 'layers'>): number =>
  description.layers.reduce((sum, row) => sum + outputBytes(row), 0);

/** Layers whose every output depends on the whole image: global pooling, dense, and what follows them. */
export function seesEverything(row: Pick<LayerDescription, 'receptiveField' | 'outputShape'>): boolean {
  const field = row.receptiveField;
  return (
    row.outputShape?.length === 1 && !!field && field.size[0] === field.stride[0] && field.size[1] === field.stride[1]
  );
}

/** What is wrong and what helps, as one text. */
export const problemText = ({ message, hint }: Problem): string => (hint ? `${message}. ${hint}` : message);
