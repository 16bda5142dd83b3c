/** What the engine tells the screen about a project: summaries, image rows, classes. Plain data, all of it. */
import type { FindingKind, ImageStatus, LabelOrigin, Split } from './image-query.ts';
import type { NetworkJson } from './network/spec.ts';
import type { EpochMetrics, Preprocessing, Recipe, RunEnd, RunInfo } from './run.ts';

export interface ProjectSummary {
  name: string;
  /** The project's own folder (project.db, runs/, cache/). */
  path: string;
  /** Folders that images were brought in from; they are only read. */
  sources: string[];
  imageCount: number;
  /** The image that is looked at while a run trains; null for one of the run's own. */
  watchedImage: number | null;
  /** Whether undo and redo have something to do, and what it would be called on the button. */
  undo: string | null;
  redo: string | null;
}

/** The project after a step of undo or redo. */
export interface UndoStep extends ProjectSummary {
  /** Ids of the images whose label, exclusion or pin it put back in place, or in place again. */
  images: Uint32Array;
}

export interface RecentProject {
  name: string;
  path: string;
  /** ISO 8601, UTC. */
  openedAt: string;
  /** False when the folder is no longer there. */
  exists: boolean;
}

/** The images of a view, in order, as columns of equal length: cheap to send, one number a picture. */
export interface ImageColumns {
  ids: Uint32Array;
  /** Class id, or 0 for none. */
  classIds: Uint32Array;
  /** Index into `imageStatuses`. */
  statuses: Uint8Array;
  /** Index into `splits`. */
  splits: Uint8Array;
  /** Index into `labelOrigins`. */
  origins: Uint8Array;
  /** The sum of what holds of `imageFlags`. */
  flags: Uint8Array;
  /** The class that the newest predictions give, or 0 for none, and its probability, 0 to 1. */
  predictedIds: Uint32Array;
  confidences: Float32Array;
}

type Column = ImageColumns[keyof ImageColumns];

/** Columns of `length` images: `fill` writes each of them from the one that was. */
export function remakeColumns(
  columns: ImageColumns,
  length: number,
  fill: (to: Column, from: Column) => void,
): ImageColumns {
  const remade = <T extends Column>(from: T): T => {
    const to = new (from.constructor as new (length: number) => T)(length);
    fill(to, from);
    return to;
  };
  return {
    ids: remade(columns.ids),
    classIds: remade(columns.classIds),
    statuses: remade(columns.statuses),
    splits: remade(columns.splits),
    origins: remade(columns.origins),
    flags: remade(columns.flags),
    predictedIds: remade(columns.predictedIds),
    confidences: remade(columns.confidences),
  };
}

export const imageFlags = { excluded: 1, pinned: 2, missing: 4 } as const;

export interface ImageFacts {
  id: number;
  /** Absolute path of the file, which stays where it is. */
  path: string;
  status: ImageStatus;
  /** Why it was rejected or used with a warning. */
  reason: string | null;
  /** Pixels, after EXIF orientation; null when the file could not be read. */
  width: number | null;
  height: number | null;
  format: string | null;
  bytes: number;
  /** When the file was last changed, ISO 8601, UTC. */
  modifiedAt: string;
  classId: number | null;
  origin: LabelOrigin;
  split: Split;
  excluded: boolean;
  /** Its side is held fast, whatever is assigned. */
  pinned: boolean;
  /** The file was not there when it was last looked for. */
  missing: boolean;
  /** Of the newest predictions; the probability is 0 to 1. */
  prediction: { classId: number; confidence: number } | null;
  findings: FindingKind[];
}

export interface SavedNetwork {
  id: number;
  name: string;
  json: NetworkJson;
  /** ISO 8601, UTC. */
  updatedAt: string;
}

/** A run's folder that cannot be used: it can be looked at and deleted. */
export interface DamagedRun {
  /** The folder's name in the project's runs/. */
  id: string;
  /** Which file, and what is wrong with it. */
  problem: string;
}

/** A run that waits to be trained, with network and recipe as they were when it was put there. */
export interface WaitingRun {
  id: number;
  name: string;
  network: NetworkJson;
  recipe: Recipe;
  /** Why it could not begin when its turn came; it is passed over then. */
  problem: string | null;
}

export interface RunSummary {
  id: string;
  name: string;
  createdAt: string;
  /** null while the run is going. */
  end: RunEnd | null;
  epochs: number;
  recipe: Recipe;
  params: number;
  preprocessing: Preprocessing;
  classes: string[];
  network: NetworkJson;
  last: EpochMetrics | null;
  /** What somebody wrote down about it; empty without. */
  note: string;
  /** What else it takes to repeat it, besides network, recipe and classes. */
  record: Pick<RunInfo, 'dataHash' | 'threads' | 'device' | 'versions' | 'trainingImages' | 'validationImages'>;
}
