/**
 * Every message between the screen, main and the engine, in one place. A request is one entry here; the engine's handler
 * table is checked against `EngineHandlers` by the compiler, so a request without a handler does not build.
 */
import { z } from 'zod';
import { augmentationSchema } from './augmentation.ts';
import type { ErrorReport } from './errors.ts';
import type {
  BatchNormReport,
  NormCheck,
  NormHistory,
  Recalibration,
  ClassifyResult,
  Evaluation,
  ExportResult,
  LayerSummary,
  LiveLook,
  MapBytes,
} from './inspection.ts';
import { inspectedWeights } from './inspection.ts';
import { fills } from './inspect/attribution.ts';
import type { Attribution, Fill } from './inspect/attribution.ts';
import type { ConvolutionGradients } from './inspect/convolution-gradients.ts';
import type { SpreadReport } from './inspect/distributions.ts';
import type { EquivarianceReport } from './inspect/equivariance.ts';
import type { PoolingReport, PoolingResponse } from './inspect/pooling-report.ts';
import type { KernelReport } from './inspect/kernels.ts';
import type { SumOfMap } from './inspect/sum.ts';
import { findingKinds, imageQuerySchema } from './image-query.ts';
import { labelFormats, severalLabelsChoices } from './labelling.ts';
import type {
  ClassInfo,
  ImportPreview,
  LeftOut,
  Offer,
  QualityReport,
  RefusedProject,
  Snapshot,
  SuggestionState,
} from './labelling.ts';
import { networkSchema } from './network/spec.ts';
import type { NetworkJson } from './network/spec.ts';
import type {
  DamagedRun,
  ImageColumns,
  ImageFacts,
  ProjectSummary,
  RecentProject,
  RunSummary,
  SavedNetwork,
  UndoStep,
} from './project.ts';
import { fits } from './preprocessing.ts';
import type { RateSearch } from './rate-search.ts';
import { recipeSchema, weightsChoices } from './run.ts';
import type { EpochMetrics, RunEnd, TrainingProgress } from './run.ts';

/** One request: the schema of its parameters, checked in main, and the type of its reply. */
interface RequestType<P extends z.ZodType, R> {
  params: P;
  /** Exists for the compiler only. */
  reply?: R;
}
const request =
  <R>() =>
  <P extends z.ZodType>(params: P): RequestType<P, R> => ({ params });

const none = z.undefined();
const imageId = z.number().int().min(1);
const imageIds = z.array(imageId);
const path = z.string().min(1);
const runId = z.string().min(1);
const probability = z.number().min(0).max(1);
const subject = z.union([
  z.strictObject({ runId, weights: z.enum(inspectedWeights).default('last') }),
  z.strictObject({ networkId: z.number().int().min(1) }),
]);
/** What most tabs of Inspect ask for: one layer of a network, for one image of the project. */
const inspectedLayer = z.strictObject({ subject, imageId, layer: z.string() });
const cells = z.number().int().min(1).max(1024);
const unit = z.number().int().min(0);
const placement = z.strictObject({
  shift: z.tuple([z.number(), z.number()]),
  scale: z.number().min(0.1).max(10),
  degrees: z.number().min(-360).max(360),
});
const fill = z.enum(Object.keys(fills) as [Fill, ...Fill[]]);
const pooledLayer = inspectedLayer.extend({
  /** Without it the layer's own, or 2x2 side by side where it does not pool. */
  window: z
    .strictObject({
      kernel: z.tuple([cells, cells]),
      strides: z.tuple([cells, cells]),
      padding: z.enum(['valid', 'same', 'own']),
    })
    .optional(),
});

const runWeights = z.strictObject({ runId, weights: z.enum(weightsChoices).default('last') });

const classifyResultSchema = z.union([
  z.strictObject({
    path: z.string(),
    predictions: z.array(z.strictObject({ class: z.string(), probability: z.number() })),
  }),
  z.strictObject({ path: z.string(), error: z.string() }),
]);

export const engineRequests = {
  /** What was found and is used: versions, device and why. */
  'engine.doctor': request<DoctorReport>()(none),
  /** Memory of the device that trains, in bytes; null when it is not known. */
  'engine.memory': request<number | null>()(none),

  'project.current': request<ProjectSummary | null>()(none),
  /**
   * Opens a project's folder. Refused when another process has it, and when project.db is damaged or was changed by
   * another program; the latter is opened as it is with `asIs`.
   */
  'project.open': request<ProjectSummary>()(z.strictObject({ path, asIs: z.boolean().default(false) })),
  /** The project whose opening was last refused because of its database, until one is opened. */
  'project.refused': request<RefusedProject | null>()(none),
  /** The automatic copies of the database of the project in `path`, newest first; it need not be open. */
  'project.snapshots': request<Snapshot[]>()(z.strictObject({ path })),
  /** Puts a snapshot in the place of project.db, which is kept beside it under another name, and opens the project. */
  'project.restore': request<ProjectSummary>()(z.strictObject({ path, snapshot: z.string().min(1) })),
  /** Makes a project in the user's app data out of a folder of class folders (or opens the one made of it before). */
  'project.fromFolder': request<ProjectSummary>()(z.strictObject({ folder: path })),
  /** An empty project with that name in the user's app data. */
  'project.create': request<ProjectSummary>()(z.strictObject({ name: z.string().min(1).max(100) })),
  'project.demo': request<ProjectSummary>()(z.strictObject({ demo: z.enum(['clothes', 'emoji']) })),
  'project.recent': request<RecentProject[]>()(none),
  /** Moves the project's folder to `to`, which must not exist, and goes on there. */
  'project.move': request<ProjectSummary>()(z.strictObject({ to: path })),
  'project.close': request<void>()(none),
  'project.undo': request<UndoStep>()(none),
  'project.redo': request<UndoStep>()(none),

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
  'images.facts': request<ImageFacts>()(z.strictObject({ id: imageId })),
  /** A JPEG or PNG no larger than `size` pixels on its longer side, from the cache or made now. */
  'images.thumbnail': request<EncodedImage>()(
    z.strictObject({ id: imageId, size: z.number().int().min(16).max(2048) }),
  ),
  /** What is near the eye, nearest first: its thumbnails are made ahead, before those of earlier calls. */
  'images.look': request<void>()(z.strictObject({ ids: imageIds, size: z.number().int().min(16).max(2048) })),
  /** Excluded images keep their labels and take part in nothing. Undoable. */
  'images.exclude': request<ProjectSummary>()(z.strictObject({ ids: imageIds.min(1), excluded: z.boolean() })),
  /** Holds images on a side of the split, or no longer (null), whatever is assigned. Undoable. */
  'images.pin': request<ProjectSummary>()(
    z.strictObject({ ids: imageIds.min(1), split: z.enum(['train', 'validation', 'test']).nullable() }),
  ),

  'classes.list': request<ClassInfo[]>()(none),
  'classes.create': request<ClassInfo>()(z.strictObject({ name: z.string().min(1).max(100) })),
  'classes.rename': request<void>()(z.strictObject({ id: imageId, name: z.string().min(1).max(100) })),
  /** Its images go to the class `moveTo`, or become unlabelled. */
  'classes.delete': request<void>()(z.strictObject({ id: imageId, moveTo: imageId.nullable().default(null) })),
  /** All images of `id` become images of `into`, and the class `id` goes. */
  'classes.merge': request<void>()(z.strictObject({ id: imageId, into: imageId })),
  'classes.setColor': request<void>()(z.strictObject({ id: imageId, color: z.string().regex(/^#[0-9a-f]{6}$/) })),
  /** The class that has the key loses it. Refused for reserved keys. */
  'classes.setKey': request<void>()(z.strictObject({ id: imageId, key: z.string().length(1).nullable() })),
  /** One undoable change; answered when it is on disk. Told by 'images.relabelled', not as a change of the images. */
  'labels.set': request<ProjectSummary>()(z.strictObject({ ids: imageIds.min(1), classId: imageId.nullable() })),
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
  'suggestions.accept': request<ProjectSummary>()(z.strictObject({ ids: imageIds.min(1) })),
  /** The same for every suggestion of at least that confidence, of one class or all. */
  'suggestions.acceptAbove': request<{ project: ProjectSummary; accepted: number }>()(
    z.strictObject({ confidence: probability, classId: imageId.optional() }),
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

  'networks.list': request<SavedNetwork[]>()(none),
  'networks.save': request<SavedNetwork>()(
    z.strictObject({ id: z.number().int().optional(), name: z.string().min(1).max(100), json: z.unknown() }),
  ),
  'networks.delete': request<void>()(z.strictObject({ id: z.number().int() })),
  /** Reads and validates a network JSON file. */
  'networks.readFile': request<NetworkJson>()(z.strictObject({ path })),
  'networks.writeFile': request<void>()(z.strictObject({ path, json: networkSchema })),
  /** Code, a drawing or a table made of a network: text as UTF-8, or bytes. */
  'networks.writeOut': request<void>()(z.strictObject({ path, data: z.union([z.string(), z.instanceof(Uint8Array)]) })),

  'training.start': request<{ runId: string }>()(
    z.strictObject({
      name: z.string().max(100).default(''),
      network: networkSchema,
      recipe: recipeSchema,
    }),
  ),
  /** Tries learning rates on the labelled images; 'rates.points' tell of it. */
  'rates.find': request<JobId>()(z.strictObject({ network: networkSchema, recipe: recipeSchema })),
  /** Up to eight labelled images as a training step would see them; the same ones for the same seed. */
  'augmentation.preview': request<AugmentedSample[]>()(
    z.strictObject({
      augmentation: augmentationSchema,
      size: z.tuple([z.number().int().min(1).max(4096), z.number().int().min(1).max(4096)]),
      channels: z.union([z.literal(1), z.literal(3)]),
      fit: z.enum(fits).default('stretch'),
      seed: z.number().int().min(0),
      step: z.number().int().min(0),
    }),
  ),
  /** Goes on with a run that was stopped, lost or failed, under its own id. */
  'training.resume': request<{ runId: string }>()(z.strictObject({ runId })),
  'training.pause': request<void>()(z.strictObject({ runId })),
  'training.continue': request<void>()(z.strictObject({ runId })),
  'training.stop': request<void>()(z.strictObject({ runId })),
  'runs.list': request<RunSummary[]>()(none),
  /** What lies among the runs and cannot be used; `runs.delete` takes these too. */
  'runs.damaged': request<DamagedRun[]>()(none),
  'runs.metrics': request<EpochMetrics[]>()(z.strictObject({ runId })),
  'runs.rename': request<void>()(z.strictObject({ runId, name: z.string().min(1).max(100) })),
  /** What is written down about it; nothing with an empty text. */
  'runs.note': request<void>()(z.strictObject({ runId, note: z.string().max(2000) })),
  'runs.delete': request<void>()(z.strictObject({ runId })),

  /** Every layer's output for one image of the project, in inference mode; the network and classes it was computed with. */
  'inspect.maps': request<{
    input: PixelImage;
    network: NetworkJson;
    classes: string[];
    layers: LayerSummary[];
    predictions: ClassifyResult;
  }>()(z.strictObject({ subject, imageId })),
  /** `count` maps of one layer from `first` on, as bytes; `mapsAtOnce` says how many are good to ask for. */
  'inspect.layerMaps': request<MapBytes>()(
    inspectedLayer.extend({ first: z.number().int().min(0), count: z.number().int().min(1) }),
  ),
  /** The exact values of one map, row by row; of a vector, all units. */
  'inspect.values': request<Float32Array>()(inspectedLayer.extend({ map: z.number().int().min(0) })),
  /** What one map of a convolution, or one unit of a dense layer, is summed up from. */
  'inspect.sum': request<SumOfMap>()(inspectedLayer.extend({ map: z.number().int().min(0) })),
  /** The kernels of a layer from `first` on, as many as travel at once; `against` other weights of the same network. */
  'inspect.kernels': request<KernelReport>()(
    z.strictObject({
      subject,
      layer: z.string(),
      weight: z.string().optional(),
      first: z.number().int().min(0).default(0),
      against: subject.optional(),
    }),
  ),
  'inspect.batchNorm': request<BatchNormReport>()(inspectedLayer),
  /** What enters a pooling layer, or leaves another, pooled by every method; up to 16 channels from `from` on. */
  'explain.pooling': request<PoolingReport>()(pooledLayer.extend({ from: z.number().int().min(0).default(0) })),
  /** How the pooled maps change as the image is shifted, scaled and turned. A newer one ends it as `interrupted`. */
  'explain.poolingResponse': request<PoolingResponse>()(pooledLayer),
  /** Activations, weights and gradients of every layer, of the loss of one image against class `target`. */
  'explain.distributions': request<SpreadReport>()(z.strictObject({ subject, imageId, target: unit })),
  /** The gradients of a conv2d layer, by back-propagation and as convolutions, of one filter and input channel. */
  'explain.gradients': request<ConvolutionGradients>()(
    inspectedLayer.extend({ filter: unit, channel: unit, target: unit }),
  ),
  /** Moving the image before a layer against moving its maps, for all layers; up to 16 channels of the one named. */
  'explain.equivariance': request<EquivarianceReport>()(inspectedLayer.extend({ placement, from: unit })),
  /** Which pixels speak for a class, in the background, in the place of the one before; 'explain.heat' tells of it. */
  'explain.class': request<JobId>()(
    z.strictObject({
      subject,
      imageId,
      classIndex: z.number().int().min(0),
      how: z.discriminatedUnion('method', [
        z.strictObject({ method: z.literal('gradCam'), layer: z.string() }),
        z.strictObject({
          method: z.literal('occlusion'),
          patch: z.strictObject({ size: cells, stride: cells }),
          fill,
        }),
        z.strictObject({
          method: z.literal('integratedGradients'),
          baseline: fill,
          steps: z.number().int().min(1).max(1000),
        }),
      ]),
    }),
  ),

  /** What became of a batch norm layer while the run trained; null where nothing was recorded. */
  'batchNorm.history': request<NormHistory | null>()(z.strictObject({ runId, layer: z.string() })),
  /** How far the running statistics are from those of the fixed training batch; null without batch norm or images. */
  'batchNorm.check': request<NormCheck | null>()(z.strictObject({ runId })),
  /** What the running statistics of the run's weights were recalibrated to; null where they were not. */
  'batchNorm.recalibration': request<Recalibration | null>()(runWeights),
  /** Measures them anew over the run's training images, in the background. */
  'batchNorm.recalibrate': request<JobId>()(runWeights),
  /** Goes back to the statistics of training. */
  'batchNorm.undo': request<void>()(runWeights),

  /** Over the project's labelled images of that split; `all` takes every labelled image. */
  'evaluate.run': request<Evaluation>()(
    z.strictObject({ runId, split: z.enum(['train', 'validation', 'test', 'all']) }),
  ),
  /** Files and folders, in the background; results arrive as `classify.results` events. */
  'classify.start': request<JobId>()(
    z.strictObject({ runId, paths: z.array(path).min(1), top: z.number().int().min(1).max(1000).default(5) }),
  ),
  /** Writes the table that `classify --csv` writes; replaces the file. */
  'classify.saveCsv': request<void>()(z.strictObject({ path, results: z.array(classifyResultSchema) })),
  'export.tfjs': request<ExportResult>()(z.strictObject({ runId, path })),
  'job.cancel': request<void>()(z.strictObject({ jobId: z.string() })),
  /** A preview of any file on disk that was dropped or classified, for the screen. */
  'files.thumbnail': request<EncodedImage>()(z.strictObject({ path, size: z.number().int().min(16).max(2048) })),
} as const;

/** Requests that main answers itself: dialogs, and what it knows of the engine. */
export const mainRequests = {
  'app.info': request<AppInfo>()(none),
  'dialog.openFolder': request<string | null>()(none),
  'dialog.openFile': request<string | null>()(z.strictObject({ title: z.string(), extensions: z.array(z.string()) })),
  /** Asks for a path that does not exist yet. */
  'dialog.save': request<string | null>()(z.strictObject({ title: z.string(), name: z.string() })),
  'app.showInFolder': request<void>()(z.strictObject({ path })),
} as const;

export const requests = { ...engineRequests, ...mainRequests };

type Requests = typeof requests;
export type RequestName = keyof Requests;
export type EngineRequestName = keyof typeof engineRequests;
export type MainRequestName = keyof typeof mainRequests;
/** Parameters as the caller writes them (defaults may be left out). */
export type Params<N extends RequestName> = z.input<Requests[N]['params']>;
/** Parameters as the handler gets them. */
export type Checked<N extends RequestName> = z.output<Requests[N]['params']>;
export type Result<N extends RequestName> = Requests[N] extends RequestType<z.ZodType, infer R> ? R : never;

export type Handlers<N extends RequestName> = { [K in N]: (params: Checked<K>) => Result<K> | Promise<Result<K>> };
export type EngineHandlers = Handlers<EngineRequestName>;
export type MainHandlers = Handlers<MainRequestName>;

/** How a reply crosses: Electron and structured clone both strip what an Error carries. */
export type Reply<R> = { ok: true; value: R } | { ok: false; error: ErrorReport };

export type JobId = string;
export type JobKind =
  | 'import'
  | 'classify'
  | 'locate'
  | 'exportLabels'
  | 'suggest'
  | 'features'
  | 'quality'
  | 'findRate'
  | 'recalibrate'
  | 'explain';

export interface EncodedImage {
  mime: 'image/jpeg' | 'image/png' | 'image/webp';
  bytes: Uint8Array;
}

/** A training image after augmentation, and what classes it is of: one, unless images are mixed. */
export interface AugmentedSample {
  image: PixelImage;
  classes: { name: string; share: number }[];
}

/** Pixels 0 to 255, [height, width, channels]. */
export interface PixelImage {
  height: number;
  width: number;
  channels: 1 | 3;
  pixels: Uint8Array;
}

/** What computes. */
export interface Computing {
  /** Version of the library. */
  tensorflow: string;
  device: 'cpu' | 'gpu';
  gpu: { found: boolean; used: boolean; reason: string };
}

export interface DoctorReport extends Computing {
  node: string;
  sharp: string;
  electron: { version: string; source: string };
}

export interface AppInfo {
  version: string;
  /** Why the window runs without Chromium's sandbox; null when it has one. */
  sandboxOff: string | null;
  engine: EngineState;
}

/** The engine as main sees it. `lost` is followed by `starting` on its own. */
export type EngineState = { state: 'starting' } | { state: 'ready' } | { state: 'lost'; reason: string };

/** Everything that is told without being asked. Long work ends in exactly one `job.ended` or `training.ended`. */
export interface Events {
  'engine.state': EngineState;
  /** The project's data changed (import, labels, undo, runs): ask again for what is shown. */
  'project.changed': { what: ('images' | 'classes' | 'networks' | 'runs' | 'project')[] };
  /**
   * These images got this label (ImageColumns' numbers), and nothing else about them changed: a list that shows them can
   * be mended without being read again. The classes' counts have changed with it.
   */
  'images.relabelled': { ids: Uint32Array; classId: number; origin: number };
  'images.offered': { offers: Offer[] };
  'decoder.lost': { message: string };
  'job.progress': { jobId: JobId; kind: JobKind; done: number; total: number; etaSeconds: number | null };
  'job.ended': { jobId: JobId; kind: JobKind; end: RunEnd; summary: string; error: ErrorReport | null };
  /** All points so far; the suggestion comes with the last ones. */
  'rates.points': { jobId: JobId } & RateSearch;
  'classify.results': { jobId: JobId; results: ClassifyResult[] };
  /** As far as it is known; whole once its job has ended. */
  'explain.heat': { jobId: JobId; attribution: Attribution };
  'training.progress': { runId: string } & TrainingProgress;
  'training.epoch': { runId: string; metrics: EpochMetrics };
  'training.live': { runId: string } & LiveLook;
  /** Something that the run outlives: a checkpoint that found no room, images that were deleted. */
  'training.warning': { runId: string; error: ErrorReport };
  'training.ended': { runId: string; end: RunEnd; error: ErrorReport | null };
}
export type EventName = keyof Events;
