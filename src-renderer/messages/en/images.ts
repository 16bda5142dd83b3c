import { formatCount } from '../../ui/numbers.ts';

const images = (count: number): string => (count === 1 ? '1 image' : `${formatCount(count)} images`);

/** The Images view. */
const english = {
  classes: 'Classes',
  allImages: 'All images',
  unlabelled: 'Unlabelled',
  addClass: 'Add a class',
  className: 'Name of the class',
  newClass: 'New class',
  renameClass: (name: string) => `Rename ${name}`,
  deleteClass: (name: string) => `Delete ${name}`,
  renameTitle: 'Rename the class',
  rename: 'Rename',
  deleteTitle: (name: string) => `Delete the class “${name}”?`,
  deleteText: (count: number) =>
    count === 0
      ? 'No image has this class.'
      : `${images(count)} with this class ${count === 1 ? 'becomes' : 'become'} unlabelled. The files stay where they are. Undo brings the class back.`,
  delete: 'Delete class',
  noClasses: 'No classes yet. Add one, then press its key to label the selected images.',
  key: (key: string) => `Key ${key}`,

  filters: 'Filters',
  status: 'State',
  anyStatus: 'Any state',
  statuses: { ok: 'Usable', warning: 'With a warning', rejected: 'Rejected' },
  split: 'Split',
  anySplit: 'Any split',
  splits: { none: 'Not assigned', train: 'Training', validation: 'Validation', test: 'Test' },
  search: 'Search in paths',
  clearFilters: 'Clear filters',

  grid: 'Images',
  count: images,
  selected: (count: number) => `${formatCount(count)} selected`,
  size: 'Size of the thumbnails',
  pixels: (value: number) => `${value} px`,
  add: 'Add images',
  addFolder: 'Add a folder of images…',
  addFile: 'Add an image file…',
  selectAll: 'Select all images',
  lookCloser: 'Look closer',
  labelAs: (name: string) => `Label selection: ${name}`,
  removeLabel: 'Remove the label',
  item: (id: number, className: string | null, status: string) =>
    `Image ${id}, ${className ?? 'unlabelled'}${status ? `, ${status}` : ''}`,
  keys: (classes: number) =>
    `Arrows move, Space looks closer, a class key labels and moves on${classes > 9 ? ' (no key: Ctrl+K and its name)' : ''}, Backspace removes the label.`,
  saving: 'Saving…',
  saved: 'Saved',

  emptyTitle: 'No images yet',
  emptyHint: 'Drop files or folders here. Class folders become classes; the files stay where they are.',
  noMatchTitle: 'No image matches these filters',
  noMatchHint: 'Clear a filter to see more.',
  loading: 'Reading the list of images',

  facts: 'Image',
  noneSelected: 'Select an image to see it and its facts.',
  fact: {
    path: 'File',
    size: 'Size',
    bytes: 'On disk',
    format: 'Format',
    class: 'Class',
    split: 'Split',
    state: 'State',
    reason: 'Reason',
  },
  pixelSize: (width: number, height: number) => `${width} × ${height} px`,
  unknown: 'Unknown',
  previous: 'Previous image',
  next: 'Next image',

  splitAction: 'Assign splits…',
  splitTitle: 'Assign images to splits',
  splitText:
    'Each class is divided by the same shares. The same seed gives the same split. Training uses what is neither validation nor test.',
  validationShare: 'Validation share',
  testShare: 'Test share',
  percent: '%',
  seed: 'Seed',
  seedHint: 'A whole number. It decides which images go where.',
  reassign: 'Also move images that already have a split',
  assign: 'Assign',
  assigned: 'Splits assigned',
  shareRange: 'Enter a share from 0 to 90 %.',
  sharesTooBig: 'Validation and test together must leave at least 5 % for training.',
  seedRange: 'Enter a whole number from 0 to 2,147,483,647.',

  importing: 'Bringing in images',
  importProgress: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)} files`,
  looking: 'Looking for files',
  cancelImport: 'Stop bringing in images',
  importStopped: 'Import stopped',
  importFailed: 'Import failed',
  rejectedTitle: 'Images that cannot be used',
  rejectedText: 'Each is named with its reason. The files were not changed.',
  showRejected: 'List rejected images…',
  noRejected: 'Every image of the project can be used.',
};

export { english as images };
