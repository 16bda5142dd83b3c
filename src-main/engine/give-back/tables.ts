/** Labels as text, in pieces: one a line or an image, so that a hundred thousand of them are never one string. */
import { csvRow } from '../../shared/text-table.ts';
import type { LabelledRow } from './images.ts';

/** path,label,split,origin,excluded,status,missing: RFC 4180. No side of the split is an empty field. */
export function* csv(images: readonly LabelledRow[]): Generator<string> {
  yield csvRow(['path', 'label', 'split', 'origin', 'excluded', 'status', 'missing']);
  for (const image of images) {
    const { path, label, origin, excluded, status, missing } = image;
    yield csvRow([path, label, sideOf(image) ?? '', origin, String(excluded), status, String(missing)]);
  }
}

/** The same fields as the CSV, one JSON object a line; no side of the split is null. */
export function* jsonLines(images: readonly LabelledRow[]): Generator<string> {
  for (const image of images) {
    const { path, label, origin, excluded, status, missing } = image;
    yield `${JSON.stringify({ path, label, split: sideOf(image), origin, excluded, status, missing })}\n`;
  }
}

/**
 * COCO's object detection format, https://cocodataset.org/#format-data, as classification uses it: one annotation an
 * image, whose box [x, y, width, height] is the whole image. Ids start at 1; an image's is that of the project.
 */
export function* coco(images: readonly LabelledRow[], classes: readonly string[]): Generator<string> {
  const info = {
    description: 'Labels of whole images, written by Receptive: every box is the whole image.',
    date_created: new Date().toISOString(),
  };
  const categories = classes.map((name, at) => ({ id: at + 1, name, supercategory: '' }));
  const categoryIds = new Map(categories.map(({ name, id }) => [name, id]));
  yield `{"info":${JSON.stringify(info)},\n"categories":${JSON.stringify(categories)},\n"images":[`;
  yield* list(images, ({ id, path, width, height }) => ({ id, file_name: path, width, height }));
  yield '],\n"annotations":[';
  yield* list(images, ({ id, label, width, height }) => {
    const box = [0, 0, width ?? 0, height ?? 0];
    const area = (width ?? 0) * (height ?? 0);
    return { id, image_id: id, category_id: categoryIds.get(label), bbox: box, area, iscrowd: 0, segmentation: [] };
  });
  yield ']}\n';
}

function* list<T>(items: readonly T[], toJson: (item: T) => object): Generator<string> {
  for (const [at, item] of items.entries()) yield `${at === 0 ? '' : ','}\n${JSON.stringify(toJson(item))}`;
}

const sideOf = ({ split }: LabelledRow): string | null => (split === 'none' ? null : split);
