/** Which images of a project, and in what order: the conditions of the grid, of findings and of whatever acts on many. */
import { z } from 'zod';

export const imageStatuses = ['ok', 'warning', 'rejected'] as const;
export type ImageStatus = (typeof imageStatuses)[number];

export const splits = ['none', 'train', 'validation', 'test'] as const;
export type Split = (typeof splits)[number];

/** Who set an image's label: its folder or a file of labels, a person, or a suggestion that a person accepted. */
export const labelOrigins = ['none', 'imported', 'person', 'suggestion'] as const;
export type LabelOrigin = (typeof labelOrigins)[number];

/**
 * What the quality scan finds. `acrossSides` is a near duplicate of an image on another side of the split, `labelConflict`
 * an exact duplicate of one that has another label.
 */
export const findingKinds = [
  'exactDuplicate',
  'nearDuplicate',
  'acrossSides',
  'tooDark',
  'tooBright',
  'blurred',
  'lowInformation',
  'oddAspect',
  'oddSize',
  'wrongExtension',
  'greyAmongColour',
  'labelConflict',
] as const;
export type FindingKind = (typeof findingKinds)[number];

export const imageOrders = [
  'added',
  'path',
  'modified',
  'pixels',
  'bytes',
  'class',
  'prediction',
  /** Of the prediction; images without one come last, whichever the direction. */
  'confidence',
  /** Most uncertain first: the least difference between the two most likely classes. Without a prediction last. */
  'uncertainty',
] as const;
export type ImageOrder = (typeof imageOrders)[number];

const id = z.number().int().min(1);
const range = (number: z.ZodNumber) => z.strictObject({ from: number.optional(), to: number.optional() });

/** Every condition that is given must hold. */
export const imageFilterSchema = z.strictObject({
  /** A class, or null for images without a label. */
  classId: id.nullable().optional(),
  status: z.enum(imageStatuses).optional(),
  split: z.enum(splits).optional(),
  origin: z.enum(labelOrigins).optional(),
  excluded: z.boolean().optional(),
  pinned: z.boolean().optional(),
  /** The file was not there when it was last looked for. */
  missing: z.boolean().optional(),
  format: z.string().optional(),
  /** Of the longer side, pixels, both ends included. */
  longerSide: range(z.number().int().min(0)).optional(),
  /** When the file was last changed, milliseconds since 1970, UTC, both ends included. */
  modified: range(z.number()).optional(),
  /** The class that the newest predictions give; null for images without a prediction. */
  predictedId: id.nullable().optional(),
  /** Labelled, and predicted to be of another class. */
  predictedWrongly: z.boolean().optional(),
  /** Of the prediction, 0 to 1, both ends included. */
  confidence: range(z.number().min(0).max(1)).optional(),
  finding: z.enum(findingKinds).optional(),
  /** Part of the path, case-insensitive. */
  text: z.string().optional(),
  /** The images most like these (by their features), most alike first, these themselves in front; `sort` is passed over. */
  similarTo: z.array(id).min(1).max(1000).optional(),
});
export type ImageFilter = z.infer<typeof imageFilterSchema>;

export const imageQuerySchema = imageFilterSchema.extend({
  /** In the order they came in when left out; duplicates in their groups when `finding` asks for them. */
  sort: z.strictObject({ by: z.enum(imageOrders), descending: z.boolean() }).optional(),
  /** No more than so many of them, evenly spread, the first among them. */
  sample: id.optional(),
});
export type ImageQuery = z.infer<typeof imageQuerySchema>;
