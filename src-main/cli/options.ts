/**
 * What each command is asked to do, once its words have been read: sizes as pairs, shares as fractions, paths absolute
 * (relative ones are the caller's, whose folder npm keeps in INIT_CWD).
 */
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { sectionNames } from '../engine/inspection/report/sections.ts';
import type { SectionName } from '../engine/inspection/report/sections.ts';
import type { LabelFormat, SeveralLabels } from '../shared/labelling.ts';
import { presetNames } from '../shared/network/presets/index.ts';
import type { Pair } from '../shared/network/spec.ts';
import type { Recipe, WeightsChoice } from '../shared/run.ts';

/** A network by its preset's name, or by the absolute path of a JSON file. */
export type NetworkChoice = { preset: string } | { file: string };

export const describeFormats = ['table', 'markdown', 'svg'] as const;

export interface DescribeOptions {
  network: NetworkChoice;
  /** The network to compare it with; it stands first. */
  compare?: NetworkChoice;
  format: (typeof describeFormats)[number];
  size?: Pair;
  channels?: number;
  classes: number;
  /** Images for which the memory of outputs is counted. */
  batch: number;
}

export interface ScanOptions {
  folder: string;
  /** Look for duplicates and poor images too. */
  quality: boolean;
}

export interface TrainOptions {
  folder: string;
  /** The default where none was given. */
  network?: NetworkChoice;
  /** Take the place of the network's own input where given. */
  size?: Pair;
  channels?: 1 | 3;
  recipe: Recipe;
  /** The recipe's fields that were given, as options or by --config. */
  given: readonly (keyof Recipe)[];
  /** A folder of class folders to test the trained network on. */
  test?: string;
  /** The run folder to make; it must not exist, unless it is to be gone on with. */
  out: string;
  resume: boolean;
  /** Seconds after which a checkpoint is saved, should the epoch not be over by then. */
  checkpointSeconds?: number;
}

export type FindRateOptions = Pick<TrainOptions, 'folder' | 'network' | 'size' | 'channels' | 'recipe'>;

export interface EvaluateOptions {
  run: string;
  weights?: WeightsChoice;
  folder: string;
}

export interface ClassifyOptions {
  run: string;
  weights?: WeightsChoice;
  /** Image files and folders, as they were given. */
  images: string[];
  /** How many classes to give for each image. */
  top: number;
  /** Where to write a table of the results. */
  csv?: string;
}

export interface RecalibrateOptions {
  run: string;
  /** The folder that the run learnt from; not needed to take a recalibration back. */
  folder?: string;
  weights: WeightsChoice;
  undo: boolean;
}

export interface InspectOptions {
  run: string;
  weights?: WeightsChoice;
  image: string;
  /** The folder to make. */
  out: string;
  /** What the page holds beside the feature maps; all without it. */
  only?: SectionName[];
  /** The class that is explained; the likeliest without it. */
  class?: string;
  /** Cells whose sums are shown instead of the strongest of their layers. */
  cell?: Cell[];
  /** A folder of images, of which those are shown that excite a unit most; the run's training batch without it. */
  images?: string;
}

/** A cell of a layer's map, counted from 0; of a dense layer a unit, with row and column 0. */
export interface Cell {
  layer: string;
  map: number;
  row: number;
  column: number;
}

export interface ExportOptions {
  run: string;
  weights?: WeightsChoice;
  format: 'tfjs';
  out: string;
}

export interface LabelsImportOptions {
  /** A project's folder, or a folder of images. */
  project: string;
  /** CSV, JSON lines, or an export of Label Studio or COCO. */
  file: string;
  severalLabels: SeveralLabels;
}

export interface LabelsExportOptions {
  /** A project's folder, or a folder of images that a project was made of. */
  project: string;
  format: LabelFormat;
  /** The file or folder to make. */
  out: string;
  /** Class folders: hard links instead of copies. */
  link: boolean;
  /** Class folders: below a folder for each side of the split. */
  bySide: boolean;
}

/** `doctor` takes none. */
export type DoctorOptions = Record<string, never>;

export const defaultNetwork = 'conv-bn-pool';

/** Where relative paths start: npm changes the working directory and keeps the caller's in INIT_CWD. */
export function callerFolder(): string {
  return process.env.INIT_CWD ?? process.cwd();
}

export function absolutePath(path: string): string {
  if (path === '') throw new InvalidArgumentError('It must not be empty.');
  return resolve(callerFolder(), path);
}

/** Paths kept as they were given, for answers to name files by; commander hands over one more at a time. */
export function imagePaths(path: string, before: string[] = []): string[] {
  absolutePath(path);
  return [...before, path];
}

/** A preset, whatever its case, goes before a file of the same name; write ./name for the file. */
export function networkChoice(name: string): NetworkChoice {
  const preset = presetNames.find((known) => known === name.toLowerCase());
  return preset === undefined ? { file: absolutePath(name) } : { preset };
}

/** "28x32" -> [28, 32]; "64" -> [64, 64] */
export function size(text: string): Pair {
  const [, height, width = height] = /^(\d+)(?:x(\d+))?$/i.exec(text) ?? [];
  const pair: Pair = [Number(height), Number(width)];
  if (pair.every((length) => length >= 1 && length <= 65_536)) return pair;
  throw new InvalidArgumentError('Write height x width in pixels, such as 64x64.');
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('It must be a whole number of 1 or more.');
}

/** Any number; what its range is, the recipe's schema says. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number.');
}

export function positiveNumber(text: string): number {
  const value = number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** "kernels,why" -> ["kernels", "why"] */
export function sections(text: string): SectionName[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !(sectionNames as readonly string[]).includes(name));
  if (wrong === undefined) return names as SectionName[];
  throw new InvalidArgumentError(`There is no section "${wrong}"; there are ${sectionNames.join(', ')}.`);
}

/** "conv1:3,10,12" -> map 3, row 10, column 12; "dense1:7" -> unit 7; commander hands over one more at a time. */
export function cells(text: string, before: Cell[] = []): Cell[] {
  const [, layer, map, row = 0, column = 0] = /^([^:]+):(\d{1,9})(?:,(\d{1,9}),(\d{1,9}))?$/.exec(text) ?? [];
  if (layer === undefined) throw new InvalidArgumentError('Write layer:map,row,column, such as conv1:3,10,12.');
  return [...before, { layer, map: Number(map), row: Number(row), column: Number(column) }];
}
