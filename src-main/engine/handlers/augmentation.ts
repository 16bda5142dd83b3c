/** What augmentation makes of some of the project's images, before a run is started with it. */
import { ReceptiveError } from '../../shared/errors.ts';
import { createRandom } from '../../shared/random.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { labelledSample } from '../store/images.ts';
import type { EngineContext, Part } from './context.ts';

const sampleCount = 8;

export function augmentationHandlers({ projects, decoder }: EngineContext): Part<'augmentation'> {
  return {
    'augmentation.preview': async ({ augmentation, size, channels, fit, seed, step }) => {
      const [height, width] = size;
      const chosen = labelledSample(projects.db, sampleCount, createRandom(seed, 'preview'));
      const read = await decodeAll(
        chosen.map(({ path }) => path),
        (path) => decoder().pixels(path, { height, width, channels, fit }),
      );
      const known = read.flatMap((pixels, at) => (pixels ? [{ ...chosen[at]!, pixels }] : []));
      if (known.length === 0) return [];
      const { augmentBatch } = await import('../graph/augment/preview.ts');
      const batch = Buffer.concat(known.map(({ pixels }) => pixels));
      const changed = augmentBatch(batch, { size, channels, strengths: augmentation, seed, step });
      const length = height * width * channels;
      return known.map((_, at) => ({
        image: { height, width, channels, pixels: changed.pixels.slice(at * length, (at + 1) * length) },
        classes: known.flatMap(({ className }, of) => {
          const share = changed.shares[at * known.length + of]!;
          return share > 0 ? [{ name: className, share }] : [];
        }),
      }));
    },
  };
}

/** In their order; null for one that cannot be read. */
function decodeAll(paths: string[], decode: (path: string) => ReturnType<DecoderClient['pixels']>) {
  return Promise.all(
    paths.map((path) =>
      decode(path).catch((error: unknown) => {
        if (error instanceof ReceptiveError && error.code === 'unreadable') return null;
        throw error;
      }),
    ),
  );
}
