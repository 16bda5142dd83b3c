/** What drives a unit: each request is work in the background, in the place of what goes on of its kind. */
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { EventName, Events, JobKind } from '../../shared/events.ts';
import type { ExcitingImages } from '../../shared/inspect/drives.ts';
import type { Subject } from '../../shared/inspection.ts';
import type { Checked } from '../../shared/protocol.ts';
import { createRandom } from '../../shared/random.ts';
import { loadDataset } from '../images/dataset.ts';
import type { Watch } from '../inspection/attribution.ts';
import type { Candidate } from '../inspection/exciting-images.ts';
import { imageTable } from '../store/image-table.ts';
import { imageFiles } from '../store/images.ts';
import { createThrottle } from '../throttle.ts';
import type { EngineContext, Part } from './context.ts';
import type { Job } from './jobs.ts';
import { pixelsFor, turnsWith, useSubject } from './subjects.ts';

type DrivesEvent = Extract<EventName, `drives.${string}`>;
/** Reports what is known so far, as often as the screen can follow. */
type Tell<T> = (answer: T) => void;

export function drivesHandlers(context: EngineContext): Part<'drives'> {
  /** Work whose answer grows, and is told once more when it is whole. */
  const start = <E extends DrivesEvent>(
    kind: JobKind,
    event: E,
    work: (watch: Watch, grow: Tell<Events[E]['answer']>) => Promise<Events[E]['answer']>,
  ) =>
    context.jobs.startInstead(kind, async (job) => {
      const tell: Tell<Events[E]['answer']> = (answer) => context.tell(event, { jobId: job.id, answer } as Events[E]);
      const isDue = createThrottle();
      tell(await work(watchOf(job), (answer) => isDue(0, Infinity) && tell(answer)));
      return '';
    });

  return {
    'drives.images': ({ subject, layer, most, images, seed }) =>
      start('excitingImages', 'drives.images', async (watch, grow) => {
        const { excitingImages } = await import('../inspection/exciting-images.ts');
        const preprocessing = await preprocessingOf(context, subject);
        const { candidates, available } = sample(context, images, seed, 'exciting images');
        const pictures = { candidates, preprocessing, ...decoding(context) };
        const onFound = (found: ExcitingImages) => grow({ ...found, available });
        const found = await excitingImages(turnsWith(context, subject), { layer, most }, pictures, {
          ...watch,
          onFound,
        });
        return { ...found, available };
      }),
    'drives.picture': ({ subject, imageId, ascent }) =>
      start('maximise', 'drives.picture', async (watch, grow) => {
        const { maximise } = await import('../inspection/maximise.ts');
        const known = await useSubject(context, subject, async (loaded) => ({
          classes: loaded.info.classes,
          image: ascent.start === 'image' ? (await pixelsFor(context, loaded, imageId)).pixels : null,
        }));
        return maximise(turnsWith(context, subject), ascent, known, { ...watch, onPicture: grow });
      }),
    'drives.field': ({ subject, layer, map, images, seed }) =>
      start('effectiveField', 'drives.field', async (watch) => {
        const { effectiveField } = await import('../inspection/effective-field.ts');
        const pixels = await sampledPixels(context, subject, images, seed, watch);
        return effectiveField(turnsWith(context, subject), pixels, { layer, map }, watch);
      }),
    'drives.growth': ({ subject, images, seed }) =>
      start('fieldGrowth', 'drives.growth', async (watch, grow) => {
        const { fieldGrowth } = await import('../inspection/effective-field.ts');
        const pixels = await sampledPixels(context, subject, images, seed, watch);
        return fieldGrowth(turnsWith(context, subject), pixels, { ...watch, onRows: grow });
      }),
    'drives.pixels': (asked) => pixelsOf(context, asked),
  };
}

const watchOf = (job: Job): Watch => ({ signal: job.signal, progress: (done, total) => job.progress(done, total) });

const preprocessingOf = (context: EngineContext, subject: Subject) =>
  useSubject(context, subject, ({ info }) => info.preprocessing);

const decoding = ({ decoder, projects }: EngineContext) => ({
  decoder: decoder(),
  cacheFolder: projects.project.cacheFolder,
});

/** `count` of the images that can be used, or all, in an order that follows from the seed. */
function sample({ projects: { db } }: EngineContext, count: number | null, seed: number, stream: string) {
  const table = imageTable(db.sql);
  const ids = table.ids().filter((id) => table.isUsable(id));
  const fileOf = imageFiles(db);
  const chosen = createRandom(seed, stream)
    .shuffle(ids)
    .slice(0, count ?? ids.length);
  const candidates = Array.from(chosen, (id): Candidate => ({ id, path: fileOf(id).path, label: table.classIds[id]! }));
  return { candidates, available: ids.length };
}

/** Those of them that can be read, uint8 [images, height, width, channels]. */
async function sampledPixels(
  context: EngineContext,
  subject: Subject,
  images: number,
  seed: number,
  { signal }: Watch,
): Promise<Uint8Array> {
  const { candidates } = sample(context, images, seed, 'receptive field');
  const options = { ...decoding(context), signal };
  const { files, pixels } = await loadDataset(candidates, await preprocessingOf(context, subject), options);
  if (files.length === 0) {
    throw new ReceptiveError('no-images', 'There is no image that can be read.', 'Bring in images first.');
  }
  return pixels;
}

async function pixelsOf(context: EngineContext, { subject, imageIds }: Checked<'drives.pixels'>) {
  const preprocessing = await preprocessingOf(context, subject);
  const { height, width, channels } = preprocessing;
  const fileOf = imageFiles(context.projects.db);
  return Promise.all(
    imageIds.map(async (id) => {
      const pixels = await context
        .decoder()
        .pixels(fileOf(id).path, preprocessing)
        .catch((error: unknown) => {
          if (reportError(error).code === 'unreadable') return null;
          throw error;
        });
      return pixels && { height, width, channels, pixels };
    }),
  );
}
