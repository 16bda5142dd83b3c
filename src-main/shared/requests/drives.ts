/** What drives a unit: long work in the background, of each kind only the newest; events of the same names tell of it. */
import { z } from 'zod';
import type { JobId } from '../events.ts';
import { ascentStarts } from '../inspect/drives.ts';
import type { PixelImage } from '../pictures.ts';
import { subject } from './inspect.ts';
import { id, request } from './request.ts';

const whole = z.number().int().min(0);
/** Images that are averaged over, and which: they follow from the seed. */
const sample = { images: z.number().int().min(1).max(1024), seed: whole };

export const drivesRequests = {
  /** The project's images that excite each map of the layer most; of all with `images` null, else of a seeded sample. */
  'drives.images': request<JobId>()(
    z.strictObject({
      subject,
      layer: z.string(),
      most: z.number().int().min(1).max(100),
      images: z.number().int().min(1).nullable(),
      seed: whole,
    }),
  ),
  /** The picture that maximises a map, by gradient ascent; `imageId` is what it begins with where that is an image. */
  'drives.picture': request<JobId>()(
    z.strictObject({
      subject,
      imageId: id,
      ascent: z.strictObject({
        layer: z.string(),
        map: whole,
        cell: z.tuple([whole, whole]).nullable(),
        start: z.enum(ascentStarts),
        seed: whole,
        steps: z.number().int().min(1).max(5000),
        stepSize: z.number().min(0.01).max(255),
        jitter: z.number().int().min(0).max(64),
        blur: z.number().min(0).max(10),
        decay: z.number().min(0).max(1),
      }),
    }),
  ),
  /** What the middle cell of a layer sees of the image; of all maps together with `map` null. */
  'drives.field': request<JobId>()(z.strictObject({ subject, layer: z.string(), map: whole.nullable(), ...sample })),
  /** The sizes of what the middle cell sees, of every layer. */
  'drives.growth': request<JobId>()(z.strictObject({ subject, ...sample })),
  /** Images as the network sees them, in that order; null for one that cannot be read. */
  'drives.pixels': request<(PixelImage | null)[]>()(z.strictObject({ subject, imageIds: z.array(id).max(100) })),
} as const;
