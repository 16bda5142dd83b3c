import { formatCount } from '../../ui/numbers.ts';

const usable = (count: number): string => `${formatCount(count)} usable image${count === 1 ? '' : 's'}`;
const several = (count: number, one: string, more: string): string =>
  count === 1 ? `1 class ${one}` : `${formatCount(count)} classes ${more}`;

/** The classes of the Images view: their list, their menu and dialogs, and the box that finds one by typing. */
const english = {
  heading: 'Classes',
  all: 'All images',
  unlabelled: 'Unlabelled',
  findOrAdd: 'Find or add a class',
  add: (name: string) => (name ? `Add the class “${name}”` : 'Add a class'),
  none: 'No classes yet. Add one, then press its key to label the selected images.',
  noMatch: 'No class has this in its name. Enter adds it.',
  /** After the count, for who does not see what it stands for. */
  usable: (count: number) => (count === 1 ? 'usable image' : 'usable images'),
  key: 'key',
  warning: {
    empty: 'This class has no usable image yet.',
    few: (count: number, least: number) => `Only ${usable(count)}: fewer than ${least}.`,
    small: (count: number) => `Only ${usable(count)}: under a tenth of the largest class.`,
  },
  warnings: {
    empty: (count: number) => several(count, 'has no image', 'have no image'),
    few: (count: number, least: number) =>
      several(count, `has fewer than ${least} images`, `have fewer than ${least} images`),
    small: (count: number) => several(count, 'is under a tenth of the largest', 'are under a tenth of the largest'),
  },

  menu: (name: string) => `Change ${name}`,
  rename: 'Rename…',
  color: 'Change colour…',
  changeKey: 'Change key…',
  merge: 'Merge into…',
  delete: 'Delete…',

  renameTitle: 'Rename the class',
  name: 'Name of the class',
  confirmRename: 'Rename',

  colorTitle: (name: string) => `Colour of “${name}”`,
  colorText: 'Marks the class in the grid and in lists.',
  swatches: 'The first seven are told apart with any colour vision',
  swatch: (color: string) => `Colour ${color}`,
  ownColor: 'Any colour',
  confirmColor: 'Change colour',

  keyTitle: (name: string) => `Key of “${name}”`,
  keyText: 'Press a digit from 1 to 9 or a letter.',
  keyNow: 'Key',
  noKey: 'No key',
  takeKeyAway: 'Leave without a key',
  confirmKey: 'Change key',
  takeOver: 'Take the key over',
  keyFree: (key: string) => `${key.toUpperCase()} is free.`,
  keyOwn: (key: string) => `${key.toUpperCase()} is the key of this class already.`,
  keyTaken: (key: string, owner: string) =>
    `${key.toUpperCase()} is the key of “${owner}”, which would be left without a key.`,
  keyReserved: (key: string, use: string) => `${key.toUpperCase()} cannot be the key of a class. It does: ${use}.`,
  keyOther: (key: string) => `${key} cannot be the key of a class: only 1 to 9 and the letters A to Z can.`,

  mergeTitle: (name: string) => `Merge “${name}” into another class`,
  mergeText: (name: string, count: number) =>
    `All its images (${usable(count)}) get the other class, and “${name}” goes. Undo brings it back.`,
  mergeInto: 'Merge into',
  confirmMerge: 'Merge',

  deleteTitle: (name: string) => `Delete the class “${name}”?`,
  deleteText: (count: number) =>
    count === 0
      ? 'No usable image has this class. Undo brings it back.'
      : `It has ${usable(count)}. The files stay where they are. Undo brings the class and its labels back.`,
  whereTo: 'Where its images go',
  toUnlabelled: 'They become unlabelled',
  toClass: 'They go to another class',
  target: 'The other class',
  confirmDelete: 'Delete class',

  find: 'Label by typing the name of a class',
  findHint: 'Type a class',
  create: (name: string) => `Create class “${name}”`,
  matches: (count: number) => (count === 1 ? '1 class matches' : `${formatCount(count)} classes match`),
};

export { english as classes };
