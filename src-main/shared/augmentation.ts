/** Random changes to training images: how strong each of them is. Validation and everything after training go without. */
import { z } from 'zod';

const strength = (most: number) => z.number().min(0).max(most).default(0);

/** Every strength in its own unit; at 0 the change is off. */
export const augmentationSchema = z.strictObject({
  /** Probability that an image is mirrored. */
  flipHorizontal: strength(1),
  flipVertical: strength(1),
  /** Largest shift, as a share of the image's width and height. */
  shift: strength(0.5),
  /** Largest angle, degrees, either way. */
  rotation: strength(180),
  /** 0.2: up to 1.2 times as large or as small. */
  scale: strength(1),
  /** Largest share of the sides that is cut away, somewhere; the rest is enlarged to the whole. */
  crop: strength(0.9),
  /** Largest change of all pixels, as a share of their range. */
  brightness: strength(1),
  /** Largest change of the distance from the image's mean, as a share of it. */
  contrast: strength(1),
  /** Largest change of the distance from grey, as a share of it. */
  saturation: strength(1),
  /** Side of the grey box, as a share of the image's sides. */
  cutout: strength(0.9),
  /** Alpha of the Beta distribution that the shares of two mixed images come from. */
  mixup: strength(1),
});
export type Augmentation = z.output<typeof augmentationSchema>;
export type AugmentationName = keyof Augmentation;

/** In the order in which they are done. */
export const augmentationNames = Object.keys(augmentationSchema.shape) as AugmentationName[];

export const augmentationPresetNames = ['none', 'light', 'strong'] as const;
export type AugmentationPresetName = (typeof augmentationPresetNames)[number];

export const augmentationPresets: Record<AugmentationPresetName, Augmentation> = {
  none: augmentationSchema.parse({}),
  light: augmentationSchema.parse({
    flipHorizontal: 0.5,
    shift: 0.05,
    rotation: 5,
    scale: 0.05,
    brightness: 0.1,
    contrast: 0.1,
  }),
  strong: augmentationSchema.parse({
    flipHorizontal: 0.5,
    shift: 0.1,
    rotation: 15,
    scale: 0.15,
    crop: 0.2,
    brightness: 0.2,
    contrast: 0.25,
    saturation: 0.3,
    cutout: 0.3,
    mixup: 0.2,
  }),
};

/** A preset by its name, or the strengths themselves. */
export const augmentationChoiceSchema = z.union([
  z.enum(augmentationPresetNames).transform((name) => augmentationPresets[name]),
  augmentationSchema,
]);

/** The preset with exactly these strengths, if there is one. */
export function presetOf(augmentation: Augmentation): AugmentationPresetName | undefined {
  return augmentationPresetNames.find((preset) =>
    augmentationNames.every((name) => augmentationPresets[preset][name] === augmentation[name]),
  );
}

export const isAugmented = (augmentation: Augmentation): boolean =>
  augmentationNames.some((name) => augmentation[name] > 0);
