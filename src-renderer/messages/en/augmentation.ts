/** The part of the recipe that varies training images, and its preview. */
import type { AugmentationName, AugmentationPresetName } from '../../../src-main/shared/augmentation.ts';

const presets: Record<AugmentationPresetName | 'own', string> = {
  none: 'None',
  light: 'Light',
  strong: 'Strong',
  own: 'Own strengths',
};

const names: Record<AugmentationName, string> = {
  flipHorizontal: 'Mirror left and right',
  flipVertical: 'Mirror top and bottom',
  shift: 'Shift',
  rotation: 'Rotation',
  scale: 'Scale',
  crop: 'Crop',
  brightness: 'Brightness',
  contrast: 'Contrast',
  saturation: 'Saturation',
  cutout: 'Cutout',
  mixup: 'Mixup',
};

const percent = (value: number) => `${Math.round(value * 100)} %`;

const values: Record<AugmentationName, (strength: number) => string> = {
  flipHorizontal: percent,
  flipVertical: percent,
  shift: (share) => `up to ${percent(share)}`,
  rotation: (degrees) => `up to ${degrees}°`,
  scale: (share) => `up to ${percent(share)}`,
  crop: (share) => `up to ${percent(share)}`,
  brightness: (share) => `up to ${percent(share)}`,
  contrast: (share) => `up to ${percent(share)}`,
  saturation: (share) => `up to ${percent(share)}`,
  cutout: (share) => `${percent(share)} of a side`,
  mixup: (alpha) => `alpha ${alpha.toFixed(2)}`,
};

export const augmentation = {
  title: 'Augmentation',
  sentence: 'Random changes to training images, new in each epoch. Validation goes without.',
  presets,
  names,
  off: 'off',
  value: (name: AugmentationName, strength: number) => values[name](strength),
  strengths: 'Strengths',
  preview: 'What training would see',
  again: 'Another step',
  none: 'There is no labelled image to show.',
  /** "shoe", or "70 % shoe, 30 % bag" */
  sample: (classes: { name: string; share: number }[]) =>
    classes.length === 1
      ? classes[0]!.name
      : classes.map(({ name, share }) => `${Math.round(share * 100)} % ${name}`).join(', '),
};
