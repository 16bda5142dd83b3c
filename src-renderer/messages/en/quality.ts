import { formatCount } from '../../ui/numbers.ts';

const images = (count: number): string => (count === 1 ? '1 image' : `${formatCount(count)} images`);
/** Of duplicates one stays. */
const settled = (groups: number | null): string => (groups === null ? 'all excluded' : 'copies excluded');

/** The quality scan and what it found. The findings' names stand with the filters. */
export const quality = {
  title: 'Quality',
  start: 'Check the images',
  again: 'Check again',
  about: 'Looks for duplicates and for images that are dark, bright, blurred or otherwise odd.',
  noImages: 'Bring images in, then check them here.',
  working: 'Checking the images',
  waiting: 'Waiting until the images are in…',
  progress: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)}`,
  cancel: 'Cancel',
  ended: 'Images checked',
  stopped: 'The check was stopped. What has been measured is kept for the next one.',
  failed: 'The check failed',
  nothing: 'Nothing was found: no duplicates, no poor images.',
  notScanned: (count: number) => `${images(count)} ${count === 1 ? 'was' : 'were'} not checked.`,
  checkThem: (count: number) => (count === 1 ? 'Check it' : 'Check them'),
  kinds: (count: number) => (count === 1 ? '1 finding' : `${formatCount(count)} findings`),
  settled,
  row: (name: string, count: number, groups: number | null) =>
    count === 0
      ? `${name}: ${settled(groups)}`
      : `${name}: ${images(count)}${groups === null ? '' : ` in ${groups === 1 ? '1 group' : `${formatCount(groups)} groups`}`}`,
  inGroups: (groups: number) => (groups === 1 ? 'In 1 group.' : `In ${formatCount(groups)} groups.`),
  alreadyExcluded: (count: number) => `${formatCount(count)} already excluded.`,
  hints: {
    exactDuplicate:
      'Files that are the same, byte for byte. Copies count twice in training and make scores look too good.',
    nearDuplicate: 'The same picture saved, resized or cropped anew. Assigning splits keeps each group on one side.',
    acrossSides:
      'Near duplicates on several sides of the split: the network is tested on pictures it has learnt from. Exclude them, or assign the splits again.',
    tooDark: 'Even the brightest parts are dark: little to be seen, little to be learnt.',
    tooBright: 'Even the darkest parts are bright: the picture is washed out.',
    blurred: 'Far less sharp than the other images of this project.',
    lowInformation: 'Almost a single colour: there is nothing to be recognised.',
    oddAspect: 'Far more or less elongated than the others: fitted to the network’s input, they are distorted.',
    oddSize: 'Far larger or smaller than the others; often thumbnails, icons or mistakes.',
    wrongExtension:
      'The file’s content is of another format than its name says. Receptive reads it; other programs may not.',
    greyAmongColour: 'Without colour, while nearly all others have it.',
    labelConflict:
      'Exact duplicates that carry different labels: one of them is wrong, and the network cannot learn both. Give all of a group the same label, or take the labels off and decide anew.',
  },
  unlabel: (count: number) => `Take the labels off all ${formatCount(count)}`,
  unlabelled: (count: number) => `${images(count)} without a label again. Undo takes it back.`,
  /** Of duplicates one of each group stays. */
  exclude: (count: number, groups: number | null) =>
    groups === null
      ? count === 1
        ? 'Exclude it…'
        : `Exclude all ${formatCount(count)}…`
      : `Exclude ${formatCount(count)}, keep ${formatCount(groups)}…`,
  excludeTitle: (count: number) => `Exclude ${images(count)}?`,
  excludeText: (name: string, groups: number | null) =>
    `${name}: ${groups === null ? 'all of them are' : 'of each group one image stays, the others are'} left out of training, splits and counts. The files and labels stay as they are, and Undo takes it back.`,
  excludeConfirm: 'Exclude',
  excluded: (count: number) => `${images(count)} excluded. Undo takes it back.`,
};
