import { formatCount } from '../../ui/numbers.ts';

/** Giving the labels back. */
export const giveBack = {
  action: 'Export labels…',
  title: 'Export labels',
  text: 'Writes the labels in a form that other programs read. The images stay where they are and as they are.',
  format: 'Format',
  formats: {
    csv: 'CSV table',
    jsonl: 'JSON lines',
    coco: 'COCO',
    folders: 'Class folders',
  },
  hints: {
    csv: 'One row an image: path, label, split, who set the label, and whether it is excluded. Every labelled image is in it.',
    jsonl: 'One JSON object an image, with the same fields as the CSV. Every labelled image is in it.',
    coco: 'Images, categories, and one annotation an image, whose box is the whole image. Only images that training can use.',
    folders: 'A folder for each class with its images in it. Only images that training can use.',
  },
  files: 'Images in the folders',
  copies: 'Copies',
  links: 'Hard links',
  copiesHint: 'Takes as much room on the disk again. The copies can be changed freely.',
  linksHint:
    'Takes no room, but each is the same file as the original: who changes one changes both. Works on the disk of the originals only.',
  bySide: 'One level above: train, validation, test',
  bySideHint: 'Images that are on no side of the split are left out.',
  choose: 'Choose where…',
  saveTitle: 'Export labels to',
  /** A file's name ends as its format wants it. */
  names: { csv: 'labels.csv', jsonl: 'labels.jsonl', coco: 'labels.json', folders: 'labelled-images' },
  working: 'Exporting labels',
  progress: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)} images`,
  cancel: 'Stop exporting',
  done: 'Labels exported',
  stopped: 'Export stopped',
  stoppedText: 'Nothing of it was left on the disk.',
  failed: 'Export failed',
};
