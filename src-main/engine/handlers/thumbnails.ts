/** Small pictures for the screen. */
import type { EngineContext, Part } from './context.ts';

export function thumbnailHandlers(
  context: EngineContext,
): Pick<Part<'images' | 'files'>, 'images.thumbnail' | 'images.look' | 'files.thumbnail'> {
  const { projects, thumbnails } = context;
  return {
    'images.thumbnail': ({ id, size }) => thumbnails.get(projects.project, id, size),
    'images.look': ({ ids, size }) => thumbnails.look(projects.project, ids, size),
    'files.thumbnail': ({ path, size }) => context.decoder().thumbnail(path, size, { priority: 'now' }),
  };
}
