import { perImage } from './augmentation.ts';
import type { PixelChange } from './augmentation.ts';

/** x + d, d from -strength to strength, the same for all pixels of an image. */
export const brightness: PixelChange = (draws, { name }, strength) =>
  draws.graph.binary('AddV2', name, perImage(draws, draws.uniform('brightness', 'added', -strength, strength)));
