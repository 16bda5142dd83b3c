/** What the engine tells the screen about labelling: classes, suggestions, findings, imports, snapshots. Plain data. */
import type { FindingKind } from './image-query.ts';

export interface ClassInfo {
  id: number;
  name: string;
  /** #rrggbb, from the Okabe-Ito palette until changed. */
  color: string;
  /** The key that labels the selection with this class: a digit or a lower-case letter; null when it has none. */
  key: string | null;
  /** Images that carry it and can be used: not rejected, not excluded. */
  count: number;
}

/**
 * Okabe and Ito, "Color Universal Design", 2008, without black: told apart with any colour vision. From the eighth class
 * on, further hues that stand out from a white ground as well as from a dark one.
 */
export const classColors = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#0072b2',
  '#d55e00',
  '#cc79a7',
  '#7b5fd0',
  '#999933',
  '#a02c5a',
  '#888888',
  '#8c5a2b',
  '#2ec4b6',
  '#1b8a3a',
] as const;

/** Letters that do something else in the Images view, so no class can have them: exclude, pin, find similar. */
export const reservedKeys = ['x', 'p', 'f'] as const;

/** The keys that classes get by themselves, in this order: 1 to 9, then the letters that are not reserved. */
export const classKeys: readonly string[] = [...'123456789abcdefghijklmnopqrstuvwxyz'].filter(
  (key) => !(reservedKeys as readonly string[]).includes(key),
);

/** What is known before files and folders are brought in. */
export interface ImportPreview {
  /** What each of the paths is, in the order given. */
  kinds: ImportKind[];
  /** Images for which a file of labels names several classes: keep the first, or leave these images without a label. */
  severalLabels: number;
}
export const importKinds = [
  'classFolders',
  'folder',
  'splitFolders',
  'csv',
  'jsonLines',
  'labelStudio',
  'coco',
  'images',
] as const;
export type ImportKind = (typeof importKinds)[number];

export const severalLabelsChoices = ['first', 'leaveOut'] as const;
export type SeveralLabels = (typeof severalLabelsChoices)[number];

/** An image that a file of labels names, and that was not found. */
export interface NotFound {
  /** The file of labels, an absolute path. */
  file: string;
  /** Where it says so: "line 7". */
  place: string;
  /** The image, as the file calls it. */
  path: string;
  problem: string;
}

/** What an import could not take. */
export interface LeftOut {
  notFound: NotFound[];
  /** How many of the images that came in cannot be used. */
  rejected: number;
}

/** New files that appeared in a folder that images were brought in from. */
export interface Offer {
  folder: string;
  count: number;
}

export const labelFormats = ['csv', 'jsonl', 'coco', 'folders'] as const;
export type LabelFormat = (typeof labelFormats)[number];

/** What made the predictions that are there. */
export interface SuggestionState {
  /** A run's name, or that of the shipped backbone; null when there are no predictions. */
  source: string | null;
  /** ISO 8601, UTC. */
  madeAt: string | null;
  /** Images without a label that have a prediction. */
  suggested: number;
  /** Images whose features are known, which "find similar" needs, and all that could have them. */
  withFeatures: number;
  usable: number;
}

/** What the findings are called, in the window as on the command line. */
export const findingNames: Record<FindingKind, string> = {
  exactDuplicate: 'Exact duplicates',
  nearDuplicate: 'Near duplicates',
  acrossSides: 'Duplicates across sides',
  tooDark: 'Too dark',
  tooBright: 'Too bright',
  blurred: 'Blurred',
  lowInformation: 'Little content',
  oddAspect: 'Odd shape',
  oddSize: 'Odd size',
  wrongExtension: 'Wrong extension',
  greyAmongColour: 'Grey among colour',
  labelConflict: 'Conflicting labels',
};

export interface QualityReport {
  /** ISO 8601, UTC; null when no scan has ended yet. */
  scannedAt: string | null;
  /** Usable images that came in, or changed, since. */
  notScanned: number;
  /** Kinds that have images, in the order of `findingKinds`. `groups` for duplicates only. */
  findings: { kind: FindingKind; images: number; excluded: number; groups: number | null }[];
}

/** An automatic copy of project.db. */
export interface Snapshot {
  /** The file's name in the project's snapshots/. */
  id: string;
  /** ISO 8601, UTC. */
  takenAt: string;
  images: number;
  labelled: number;
}

/**
 * Why a project's database is not opened: it cannot be read, another program (or a fault of the disk) changed it, or the
 * newest changes are damaged. The latter two can be opened as they are.
 */
export type StoreProblem = 'damaged' | 'changed' | 'cutShort';

/** A project that was not opened because of that. */
export interface RefusedProject {
  name: string;
  /** The project's own folder. */
  path: string;
  problem: StoreProblem;
  message: string;
  hint: string;
}
