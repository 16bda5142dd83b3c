/** Images, their classes and labels, the split, suggestions and quality. */
import { z } from 'zod';
import type { JobId } from '../events.ts';
import { findingKinds, imageQuerySchema } from '../image-query.ts';
import { labelFormats, severalLabelsChoices } from '../labelling.ts';
import type { ClassInfo, ImportPreview, LeftOut, Offer, QualityReport, SuggestionState } from '../labelling.ts';
import type { EncodedImage } from '../pictures.ts';
import type { ImageColumns, ImageFacts, ProjectSummary } from '../project.ts';
import { id, ids, none, path, request, runId } from './request.ts';

const probability = z.number().min(0).max(1);

export const imageRequests = {
  /** What these files and folders are, and whether something is to be asked before they are brought in. */
  'images.examine': request<ImportPreview>()(z.strictObject({ paths: z.array(path).min(1) })),
  /** Brings in files and folders of images, and files of labels, in the background. */
  'images.import': request<JobId>()(
    z.strictObject({ paths: z.array(path).min(1), severalLabels: z.enum(severalLabelsChoices).default('first') }),
  ),
  /** Of the last import that was completed, until the project is closed. */
  'images.leftOut': request<LeftOut>()(none),
  /** New files in the folders that images came from; 'images.offered' tells when they change. */
  'images.offers': request<Offer[]>()(none),
  /** Brings in what is offered of that folder. */
  'images.acceptOffer': request<JobId>()(z.strictObject({ folder: path })),
  /** Not to be offered again until more files appear. */
  'images.dismissOffer': request<void>()(z.strictObject({ folder: path })),
  /** Looks for the images whose files are missing below `folder`, by content and name, in the background. */
  'images.locate': request<JobId>()(z.strictObject({ folder: path })),
  'images.list': request<ImageColumns>()(imageQuerySchema),
  'images.facts': request<ImageFacts>()(z.strictObject({ id })),
  /** A JPEG or PNG no larger than `size` pixels on its longer side, from the cache or made now. */
  'images.thumbnail': request<EncodedImage>()(z.strictObject({ id, size: z.number().int().min(16).max(2048) })),
  /** What is near the eye, nearest first: its thumbnails are made ahead, before those of earlier calls. */
  'images.look': request<void>()(z.strictObject({ ids: ids, size: z.number().int().min(16).max(2048) })),
  /** Excluded images keep their labels and take part in nothing. Undoable. */
  'images.exclude': request<ProjectSummary>()(z.strictObject({ ids: ids.min(1), excluded: z.boolean() })),
  /** Holds images on a side of the split, or no longer (null), whatever is assigned. Undoable. */
  'images.pin': request<ProjectSummary>()(
    z.strictObject({ ids: ids.min(1), split: z.enum(['train', 'validation', 'test']).nullable() }),
  ),

  'classes.list': request<ClassInfo[]>()(none),
  'classes.create': request<ClassInfo>()(z.strictObject({ name: z.string().min(1).max(100) })),
  'classes.rename': request<void>()(z.strictObject({ id, name: z.string().min(1).max(100) })),
  /** Its images go to the class `moveTo`, or become unlabelled. */
  'classes.delete': request<void>()(z.strictObject({ id, moveTo: id.nullable().default(null) })),
  /** All images of `id` become images of `into`, and the class `id` goes. */
  'classes.merge': request<void>()(z.strictObject({ id, into: id })),
  'classes.setColor': request<void>()(z.strictObject({ id, color: z.string().regex(/^#[0-9a-f]{6}$/) })),
  /** The class that has the key loses it. Refused for reserved keys. */
  'classes.setKey': request<void>()(z.strictObject({ id, key: z.string().length(1).nullable() })),
  /** One undoable change; answered when it is on disk. Told by 'images.relabelled', not as a change of the images. */
  'labels.set': request<ProjectSummary>()(z.strictObject({ ids: ids.min(1), classId: id.nullable() })),
  /**
   * Writes all labels, in the background. Of class folders, `link`: hard links instead of copies; `bySide`: below a folder
   * for each side of the split.
   */
  'labels.export': request<JobId>()(
    z.strictObject({
      format: z.enum(labelFormats),
      path,
      link: z.boolean().default(false),
      bySide: z.boolean().default(false),
    }),
  ),
  /**
   * Seeded and stratified, near duplicates together; images that already have a side keep it unless `reassign`, pinned
   * ones always.
   */
  'split.assign': request<ProjectSummary>()(
    z.strictObject({
      validationShare: z.number().min(0).max(0.9),
      testShare: z.number().min(0).max(0.9),
      seed: z.number().int().min(0),
      reassign: z.boolean().default(false),
    }),
  ),

  /** Predictions for the images without a label (or all), in the background, in the place of earlier ones. */
  'suggestions.start': request<JobId>()(
    z.strictObject({
      /** The run that predicts; null for the shipped backbone's features and the labels so far. */
      runId: runId.nullable(),
      scope: z.enum(['unlabelled', 'all']).default('unlabelled'),
    }),
  ),
  'suggestions.state': request<SuggestionState>()(none),
  /** Gives images without a label their predicted class; others are passed over. One undoable change. */
  'suggestions.accept': request<ProjectSummary>()(z.strictObject({ ids: ids.min(1) })),
  /** The same for every suggestion of at least that confidence, of one class or all. */
  'suggestions.acceptAbove': request<{ project: ProjectSummary; accepted: number }>()(
    z.strictObject({ confidence: probability, classId: id.optional() }),
  ),
  'suggestions.clear': request<void>()(none),
  /** Computes the backbone's features of every image that has none, in the background: for "find similar". */
  'features.start': request<JobId>()(none),

  /** Looks for duplicates and poor images, in the background. */
  'quality.start': request<JobId>()(none),
  'quality.report': request<QualityReport>()(none),
  /** Excludes every image of a finding; of duplicates one of each group stays. One undoable change. */
  'quality.exclude': request<{ project: ProjectSummary; excluded: number }>()(
    z.strictObject({ kind: z.enum(findingKinds) }),
  ),
} as const;
