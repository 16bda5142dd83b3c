/** The blocks that networks are built from, as lists of layers. */
import type { NetworkJson } from '../spec.ts';

export type LayerJson = NetworkJson['layers'][number];
type ConvJson = Extract<LayerJson, { kind: 'conv2d' }>;

export const relu = (name: string): LayerJson => ({ name, kind: 'activation', function: 'relu' });
export const relu6 = (name: string): LayerJson => ({ name, kind: 'activation', function: 'relu6' });

/** A convolution without bias and its batch norm, `name` and `name`-bn. */
export function convBn(name: string, conv: Omit<ConvJson, 'name' | 'kind' | 'useBias'>): LayerJson[] {
  return [
    { name, kind: 'conv2d', useBias: false, ...conv },
    { name: `${name}-bn`, kind: 'batchNorm' },
  ];
}

/** Global average pooling and one dense layer. */
export const pooledClassifier: readonly LayerJson[] = [
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];
