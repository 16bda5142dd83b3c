import { formatCount } from '../../ui/numbers.ts';

const images = (count: number): string => (count === 1 ? '1 image' : `${formatCount(count)} images`);
const one = (count: number, single: string, several: string): string => (count === 1 ? single : several);

/** Bringing images and labels in, finding images that moved, and new ones. */
const english = {
  importing: 'Bringing in images',
  importProgress: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)} files`,
  looking: 'Looking for files',
  cancelImport: 'Stop importing',
  importStopped: 'Import stopped',
  importStoppedText: 'What was brought in so far stays. Bring the same in again to go on.',
  importFailed: 'Import failed',

  addLabels: 'Add a file of labels…',
  labelFiles: 'File of labels (CSV, JSON lines, Label Studio, COCO)',

  severalTitle: (count: number) => `${images(count)} ${one(count, 'has', 'have')} several labels`,
  severalText:
    'An image can have one class here. Keep the first label that the file names, or leave these images without a label, to decide yourself.',
  keepFirst: 'Keep the first label',
  leaveOut: 'Leave the label out',

  place: (at: number, count: number) => `${formatCount(at)} of ${formatCount(count)}`,
  nextNotice: 'Next notice',

  offered: (count: number, folder: string) => `${formatCount(count)} new ${one(count, 'image', 'images')} in ${folder}`,
  accept: 'Bring them in',
  decline: 'Not now',

  missing: (count: number) =>
    `${images(count)} ${one(count, 'is', 'are')} not where ${one(count, 'it was', 'they were')}.`,
  showMissing: 'Show them',
  locate: 'Look in a folder…',
  locateMissing: 'Look for missing images in a folder…',
  waveAway: 'Not now',
  locating: 'Looking for missing images',
  locateProgress: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)} files compared`,
  cancelLocate: 'Stop looking',
  locateStopped: 'Search stopped',
  locateFailed: 'Search failed',

  notFound: (count: number) => `${images(count)} that the file of labels names ${one(count, 'was', 'were')} not found.`,
  rejected: (count: number) => `${formatCount(count)} of the images brought in cannot be used.`,
  showWhich: 'Show which',
  useLabels: 'Bring its labels in',
  notFoundTitle: 'Images that were not found',
  notFoundText:
    'The file of labels names them. Put the images in their places, or mend the file, and bring it in again.',
  forget: 'Dismiss',
};

export { english as bringIn };
