/** Where a number comes from. */
import { inputsOf } from '../../../../src-main/shared/network/index.ts';
import { networkSchema, type LayerKind, type NetworkJson } from '../../../../src-main/shared/network/spec.ts';

/** Kinds of layers whose numbers are sums of products, with kernels to look at. */
const summing: readonly LayerKind[] = ['conv2d', 'depthwiseConv2d', 'separableConv2d', 'conv2dTranspose', 'dense'];
/** Kinds that change each value where it is. */
const inPlace: readonly LayerKind[] = ['batchNorm', 'layerNorm', 'groupNorm', 'activation', 'dropout'];

export const isSum = ({ kind }: { kind: LayerKind }): boolean => summing.includes(kind);

/** The layer that summed up what this one hands on, cell by cell; null where that is not one sum. */
export function sumBehind(json: NetworkJson, name: string): string | null {
  const network = networkSchema.parse(json);
  const index = network.layers.findIndex((layer) => layer.name === name);
  const layer = network.layers[index];
  if (!layer) return null;
  if (isSum(layer)) return name;
  return inPlace.includes(layer.kind) ? sumBehind(json, inputsOf(network)[index]![0]!) : null;
}
