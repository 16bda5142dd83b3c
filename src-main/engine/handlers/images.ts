/** The project's images: listing them, telling what is known of one. */
import { collectGarbageSoon } from '../garbage.ts';
import { listImages } from '../store/image-list.ts';
import { imageFacts } from '../store/images.ts';
import { bySimilarity, likenessTo } from '../suggestions/similar.ts';
import type { EngineContext, Part } from './context.ts';

/** Lists of more images than these leave megabytes behind. */
const manyImages = 20_000;

export function imageHandlers(context: EngineContext): Pick<Part<'images'>, 'images.list' | 'images.facts'> {
  const { projects, thumbnails } = context;
  return {
    'images.list': async (query) => {
      const { similarTo } = query;
      const likeness = similarTo && (await likenessTo(projects.project.cacheFolder, similarTo));
      // Listed last: what changes while features are compared is told before the reply, which must not be older.
      const listed = listImages(projects.db, query);
      const columns = likeness ? bySimilarity(listed, similarTo, likeness) : listed;
      thumbnails.listed(columns.ids);
      if (columns.ids.length > manyImages) collectGarbageSoon();
      return columns;
    },
    'images.facts': ({ id }) => imageFacts(projects.db, id),
  };
}
