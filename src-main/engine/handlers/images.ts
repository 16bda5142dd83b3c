/** The project's images: bringing them in, listing them, telling what is known of one. */
import { listImages } from '../store/image-list.ts';
import { imageFacts } from '../store/images.ts';
import type { EngineContext, Part } from './context.ts';
import { startImport } from './import.ts';

export function imageHandlers(context: EngineContext): Omit<Part<'images'>, 'images.thumbnail' | 'images.exclude' | 'images.pin'> {
  const { projects } = context;
  return {
    'images.import': ({ paths }) => startImport(context, paths),
    'images.list': (filter) => listImages(projects.db, filter),
    'images.facts': ({ id }) => imageFacts(projects.db, id),
  };
}
