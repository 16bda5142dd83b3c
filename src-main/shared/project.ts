/** What the engine tells the screen about a project: summaries, image rows, classes. Plain data, all of it. */
import type { NetworkJson } from './network/spec.ts';
import type { EpochMetrics, Preprocessing, Recipe, RunEnd } from './run.ts';

export interface ProjectSummary {
  name: string;
  /** The project's own folder (project.db, runs/, cache/). */
  path: string;
  /** Folders that images were brought in from; they are only read. */
  sources: string[];
  imageCount: number;
  /** Whether undo and redo have something to do, and what it would be called on the button. */
  undo: string | null;
  redo: string | null;
}

export interface RecentProject {
  name: string;
  path: string;
  /** ISO 8601, UTC. */
  openedAt: string;
  /** False when the folder is no longer there. */
  exists: boolean;
}

export interface ClassInfo {
  id: number;
  name: string;
  /** #rrggbb, from the Okabe-Ito palette until changed. */
  color: string;
  /** The key that labels the selection with this class; null from the tenth class on. */
  key: string | null;
  count: number;
}

export const imageStatuses = ['ok', 'warning', 'rejected'] as const;
export type ImageStatus = (typeof imageStatuses)[number];
export const splits = ['none', 'train', 'validation', 'test'] as const;
export type Split = (typeof splits)[number];

/** Which images: every given condition must hold. */
export interface ImageFilter {
  /** A class id, or null for unlabelled images. */
  classId?: number | null;
  status?: ImageStatus;
  split?: Split;
  /** Part of the path, case-insensitive. */
  text?: string;
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
}

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
  classId: number | null;
  split: Split;
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
}
