/** What can be edited of each layer kind: one entry a field, with its control, range and default. */
import { activationFunctions, interpolations } from '../../../src-main/shared/network/spec.ts';
import type { LayerKind } from '../../../src-main/shared/network/spec.ts';

interface Base {
  /** The field's name in the network JSON; also its key in the message catalogue. */
  key: string;
}
interface NumberField extends Base {
  control: 'number';
  min: number;
  max: number;
  step: number;
  whole: boolean;
  /** The maximum, or the minimum, itself is not allowed. */
  open?: 'max' | 'min';
  initial?: number;
}
interface PairField extends Base {
  control: 'pair';
  min: number;
  max: number;
  initial?: readonly [number, number];
  /** Takes the pool size when it is not written. */
  follows?: 'poolSize';
}
interface PaddingField extends Base {
  control: 'padding';
}
interface SidesField extends Base {
  control: 'sides';
  /** The same at all four sides. */
  initial: number;
}
interface ChoiceField extends Base {
  control: 'choice';
  options: readonly string[];
}
interface SwitchField extends Base {
  control: 'switch';
  initial: boolean;
}
interface UnitsField extends Base {
  control: 'units';
}
export type Field = NumberField | PairField | PaddingField | SidesField | ChoiceField | SwitchField | UnitsField;

const count = (key: string, initial?: number): NumberField => ({
  key,
  control: 'number',
  min: 1,
  max: 65_536,
  step: 1,
  whole: true,
  initial,
});
const pair = (key: string, initial?: readonly [number, number]): PairField => ({
  key,
  control: 'pair',
  min: 1,
  max: 4096,
  initial,
});
const strides = pair('strides', [1, 1]);
const padding: PaddingField = { key: 'padding', control: 'padding' };
const dilation = pair('dilationRate', [1, 1]);
const useBias: SwitchField = { key: 'useBias', control: 'switch', initial: true };
const epsilon: NumberField = {
  key: 'epsilon',
  control: 'number',
  min: 0,
  max: 1,
  step: 0.001,
  whole: false,
  open: 'min',
  initial: 0.001,
};
const pooling: Field[] = [pair('poolSize'), { ...pair('strides'), follows: 'poolSize' }, padding];

export const layerFields: Record<LayerKind, readonly Field[]> = {
  conv2d: [count('filters'), pair('kernelSize'), strides, padding, dilation, useBias],
  depthwiseConv2d: [pair('kernelSize'), strides, padding, count('depthMultiplier', 1), useBias],
  separableConv2d: [count('filters'), pair('kernelSize'), strides, padding, count('depthMultiplier', 1), useBias],
  conv2dTranspose: [count('filters'), pair('kernelSize'), strides, padding, useBias],
  upSampling2d: [pair('size', [2, 2]), { key: 'interpolation', control: 'choice', options: interpolations }],
  zeroPadding2d: [{ key: 'padding', control: 'sides', initial: 1 }],
  cropping2d: [{ key: 'cropping', control: 'sides', initial: 0 }],
  batchNorm: [
    { key: 'momentum', control: 'number', min: 0, max: 1, step: 0.01, whole: false, open: 'max', initial: 0.9 },
    epsilon,
  ],
  layerNorm: [epsilon],
  groupNorm: [count('groups', 32), epsilon],
  activation: [{ key: 'function', control: 'choice', options: activationFunctions }],
  maxPool: pooling,
  avgPool: pooling,
  globalAvgPool: [],
  globalMaxPool: [],
  flatten: [],
  dense: [{ key: 'units', control: 'units' }, useBias],
  dropout: [{ key: 'rate', control: 'number', min: 0, max: 1, step: 0.05, whole: false, open: 'max' }],
  add: [],
  concat: [],
};
