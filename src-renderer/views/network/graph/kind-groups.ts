/** The kinds of layers as the palette shows them: by what they do. */
import type { LayerKind } from '../../../../src-main/shared/network/spec.ts';

export type KindGroup = 'convolution' | 'normalisation' | 'pooling' | 'dense' | 'join' | 'shape';

export const kindGroups: readonly { group: KindGroup; kinds: readonly LayerKind[] }[] = [
  { group: 'convolution', kinds: ['conv2d', 'depthwiseConv2d', 'separableConv2d', 'conv2dTranspose'] },
  { group: 'normalisation', kinds: ['batchNorm', 'layerNorm', 'groupNorm', 'activation', 'dropout'] },
  { group: 'pooling', kinds: ['maxPool', 'avgPool', 'globalAvgPool', 'globalMaxPool'] },
  { group: 'dense', kinds: ['flatten', 'dense'] },
  { group: 'join', kinds: ['add', 'concat'] },
  { group: 'shape', kinds: ['upSampling2d', 'zeroPadding2d', 'cropping2d'] },
];
