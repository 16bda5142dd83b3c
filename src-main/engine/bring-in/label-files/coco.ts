/** COCO: an image's labels are the categories of its annotations, in their order. */
import { z } from 'zod';
import { addRow } from './record.ts';
import { Faults, wrongFile } from './rows.ts';
import type { LabelFile, LabelRow } from './rows.ts';

const idSchema = z.union([z.number(), z.string()]);
const cocoSchema = z.object({
  images: z.array(z.object({ id: idSchema, file_name: z.string() })),
  annotations: z.array(z.object({ image_id: idSchema, category_id: idSchema })),
  categories: z.array(z.object({ id: idSchema, name: z.string() })),
});

export const isCoco = (value: object): boolean => 'images' in value && 'annotations' in value && 'categories' in value;

/** @throws ReceptiveError `unreadable`, naming what is wrong. */
export function readCoco(file: string, value: object): LabelFile {
  const { data: coco, error } = cocoSchema.safeParse(value);
  if (!coco) {
    const [issue] = error.issues;
    throw wrongFile(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}.`, 'Export it again as COCO.');
  }
  const faults = new Faults(file);
  const names = new Map(coco.categories.map(({ id, name }) => [id, name]));
  const labels = new Map(coco.images.map(({ id }) => [id, new Set<string>()]));
  coco.annotations.forEach(({ image_id, category_id }, index) => {
    const name = names.get(category_id);
    const ofImage = labels.get(image_id);
    if (name === undefined) faults.add(`annotation ${index + 1}`, `there is no category ${category_id}`);
    else if (!ofImage) faults.add(`annotation ${index + 1}`, `there is no image ${image_id}`);
    else ofImage.add(name);
  });
  const rows: LabelRow[] = [];
  for (const { id, file_name } of coco.images) {
    addRow(rows, { path: file_name, label: [...labels.get(id)!], side: undefined }, `image ${id}`, faults);
  }
  faults.throwIfAny();
  return { kind: 'coco', rows };
}
