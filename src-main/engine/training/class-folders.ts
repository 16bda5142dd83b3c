import { join } from 'node:path';
import { ReceptiveError } from '../../shared/errors.ts';
import type { ScannedImage } from '../images/scan.ts';
import { splitStratified } from '../images/split.ts';
import type { LabelledFile, LabelledSplit } from './prepare.ts';

export interface LabelledFolder {
  classes: string[];
  files: LabelledFile[];
}

/** The usable images of a scanned folder of class folders; classes in alphabetical order. */
export function labelledFolder(folder: string, scanned: ScannedImage[]): LabelledFolder {
  const usable = scanned.filter((image) => image.status !== 'rejected' && image.class !== undefined);
  const classes = [...new Set(usable.map((image) => image.class!))].sort();
  const files = usable.map((image) => ({ path: join(folder, image.path), label: classes.indexOf(image.class!) }));
  if (files.length === 0) {
    throw new ReceptiveError(
      'no-images',
      `${folder} has no usable image in a class folder.`,
      'Put the images of each class into a folder named after it.',
    );
  }
  return { classes, files };
}

/**
 * What of a scanned folder is not what its user may think, one sentence each: usable images that lie in no class folder,
 * classes of one image, class folders without a usable one.
 */
export function oddities({ classes, files }: LabelledFolder, scanned: ScannedImage[]): string[] {
  const outside = scanned.filter((image) => image.status !== 'rejected' && image.class === undefined);
  const single = classes.filter((_, label) => files.filter((file) => file.label === label).length === 1);
  const named = new Set(scanned.flatMap((image) => image.class ?? []));
  return [
    ...outside.map(({ path }) => `${path} is left out: it lies in no class folder`),
    ...[...named]
      .filter((name) => !classes.includes(name))
      .map((name) => `The class ${JSON.stringify(name)} is left out: it has no usable image`),
    ...single.map((name) => `The class ${JSON.stringify(name)} has only one image, which goes to training`),
  ];
}

/** Holds out a seeded share of each class. */
export function splitFiles({ classes, files }: LabelledFolder, validationShare: number, seed: number): LabelledSplit {
  const sides = splitStratified(
    files.map(({ label }) => label),
    validationShare,
    0,
    seed,
  );
  const side = (wanted: (typeof sides)[number]) => files.filter((_, at) => sides[at] === wanted);
  return { classes, training: side('train'), validation: side('validation') };
}

/** The files of classes that a model knows, labelled in its order, and the classes it does not know. */
export function relabel(
  { classes, files }: LabelledFolder,
  known: string[],
): { files: LabelledFile[]; unknown: string[] } {
  const labels = classes.map((name) => known.indexOf(name));
  return {
    files: files.map(({ path, label }) => ({ path, label: labels[label]! })).filter(({ label }) => label >= 0),
    unknown: classes.filter((_, at) => labels[at]! < 0),
  };
}
