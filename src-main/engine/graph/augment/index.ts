/** Augmentation of a batch as a part of the training graph; the preview runs the same nodes. */
import type { Augmentation } from '../../../shared/augmentation.ts';
import type { TensorName } from '../builder.ts';
import type { Images, PixelChange } from './augmentation.ts';
import { brightness } from './brightness.ts';
import { contrast } from './contrast.ts';
import { cutout } from './cutout.ts';
import { Draws } from './draws.ts';
import type { DrawsSource } from './draws.ts';
import { mixup } from './mixup.ts';
import type { Mixed } from './mixup.ts';
import { changePlaces } from './place.ts';
import { saturation } from './saturation.ts';

/** Changes of colour, which may leave the range of the pixels. */
const colours = { saturation, contrast, brightness } satisfies Partial<Record<keyof Augmentation, PixelChange>>;

/** `targets` are float32 [batch, classes]; only mixup changes them. */
export function augment(source: DrawsSource, images: Images, targets: TensorName, strengths: Augmentation): Mixed {
  const draws = new Draws(source);
  let name = changePlaces(draws, images, strengths);
  const before = name;
  for (const [colour, change] of Object.entries(colours)) {
    const strength = strengths[colour as keyof typeof colours];
    if (strength > 0) name = change(draws, { ...images, name }, strength);
  }
  if (name !== before) name = clip(draws, name);
  if (strengths.cutout > 0) name = cutout(draws, { ...images, name }, strengths.cutout);
  return strengths.mixup > 0 ? mixup(draws, { images: name, targets }, strengths.mixup) : { images: name, targets };
}

/** To 0 to 1. */
function clip({ graph }: Draws, x: TensorName): TensorName {
  return graph.binary('Minimum', graph.binary('Maximum', x, graph.scalar(0)), graph.scalar(1));
}
