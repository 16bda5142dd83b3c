import { formatCount } from '../../ui/numbers.ts';

const images = (count: number): string => (count === 1 ? '1 image' : `${formatCount(count)} images`);

/** The Images view; its classes and filters have catalogues of their own. */
const english = {
  unlabelled: 'Unlabelled',
  organise: 'Classes and findings',

  grid: 'Images',
  count: images,
  selected: (count: number) => `${formatCount(count)} selected`,
  size: 'Size of the thumbnails',
  pixels: (value: number) => `${value} px`,
  more: 'More',
  add: 'Add images',
  addFolder: 'Add a folder of images…',
  addFile: 'Add an image file…',
  selectAll: 'Select all images',
  lookCloser: 'Look closer',
  labelAs: (name: string) => `Label selection: ${name}`,
  item: (id: number, className: string | null, status: string) =>
    `Image ${id}, ${className ?? 'unlabelled'}${status ? `, ${status}` : ''}`,
  excluded: 'excluded',
  missing: 'file missing',
  saving: 'Saving…',
  saved: 'Saved',

  keys: {
    move: { keys: 'Arrows, Page Up, Page Down, Home, End', title: 'Move through the images' },
    extend: { keys: 'Shift + a key that moves, Shift + click', title: 'Select everything from here to there' },
    toggle: { keys: 'Ctrl + click', title: 'Add an image to the selection, or take it out' },
    all: { keys: 'Ctrl+A', title: 'Select all images' },
    closer: { keys: 'Space', title: 'Look closer, and back', line: 'Space zooms' },
    label: {
      keys: '1 to 9, A to Z',
      title: 'Label the selection with the class that has the key, and move on',
      line: 'class keys label',
    },
    find: { keys: '/', title: 'Label by typing the name of a class', line: '/ types a class' },
    unlabel: { keys: 'Backspace', title: 'Take the label off', line: 'Backspace unlabels' },
    accept: {
      keys: 'Enter',
      title: 'Accept what is suggested for the selection, and move on',
      line: 'Enter accepts',
    },
    similar: { keys: 'F', title: 'Find images similar to the selection', line: 'F finds similar' },
    exclude: {
      keys: 'X',
      title: 'Exclude the selection and move on, or include it again',
      line: 'X excludes',
    },
    pin: { keys: 'P', title: 'Pin the selection to a side of the split, or let it go', line: 'P pins' },
    filter: { keys: 'Ctrl+F', title: 'Filter the images' },
    back: { keys: 'Escape', title: 'Leave a box or a button, back to the images' },
    undo: { keys: 'Ctrl+Z', title: 'Undo' },
    redo: { keys: 'Ctrl+Shift+Z', title: 'Redo' },
  },

  allKeysLine: '? lists all keys',
  closerKeys: 'Keys of the classes',

  emptyTitle: 'No images yet',
  emptyHint:
    'Drop folders, image files or a file of labels here. Class folders become classes; the files stay where they are.',
  noMatchTitle: 'No image matches these filters',
  noMatchHint: 'Remove a filter to see more.',
  loading: 'Reading the list of images',

  facts: 'Image',
  noneSelected: 'Select an image to see it and its facts.',
  fact: {
    path: 'File',
    size: 'Size',
    bytes: 'On disk',
    format: 'Format',
    modified: 'Changed',
    class: 'Class',
    prediction: 'Prediction',
    split: 'Split',
    state: 'State',
    reason: 'Reason',
    findings: 'Findings',
  },
  setBy: {
    none: '',
    imported: 'set by its folder or a file of labels',
    person: 'set by you',
    suggestion: 'a suggestion you accepted',
  },
  /** The percentage is not torn from its sign at the end of a line. */
  predicted: (name: string, percent: string) => `${name}, ${percent.replace(' ', '\u00a0')}`,
  noPrediction: 'None',
  differs: 'differs from the label',
  fileMissing: 'The file was not there when it was last looked for.',
  excludedState: 'Excluded: takes part in nothing',
  pinnedTo: (side: string) => `${side}, pinned`,
  /** As buttons show it, of one; with the number it is their full name. */
  exclude: (count: number) => (count > 1 ? `Exclude ${images(count)}` : 'Exclude'),
  include: (count: number) => (count > 1 ? `Include ${images(count)}` : 'Include'),
  pin: (count: number) => (count > 1 ? `Pin ${images(count)}` : 'Pin'),
  watch: 'Watch',
  watchTitle: 'Show the maps of this image while a run trains',
  watched: 'Watched',
  unpin: 'Let go',
  unpinHint: 'May move when splits are assigned anew',
  pixelSize: (width: number, height: number) => `${width} × ${height} px`,
  unknown: 'Unknown',
  previous: 'Previous image',
  next: 'Next image',

  splitAction: 'Assign splits…',
  splitTitle: 'Assign images to splits',
  splitText:
    'Each class is divided by the same shares, and the same seed gives the same split. Images that have a side keep it, and pinned ones always do. Near duplicates that the quality scan confirmed stay on one side. Training uses what is neither validation nor test.',
  validationShare: 'Validation share',
  testShare: 'Test share',
  percent: '%',
  seed: 'Seed',
  seedHint: 'A whole number. It decides which images go where.',
  reassign: 'Also move images that already have a side, except pinned ones',
  assign: 'Assign',
  assigned: 'Splits assigned',
  assignedCounts: ({ none, train, validation, test }: Record<'none' | 'train' | 'validation' | 'test', number>) =>
    `${formatCount(train)} training, ${formatCount(validation)} validation, ${formatCount(test)} test${none > 0 ? `, ${formatCount(none)} on no side` : ''}.`,
  shareRange: 'Enter a share from 0 to 90 %.',
  sharesTooBig: 'Validation and test together must leave at least 5 % for training.',
  seedRange: 'Enter a whole number from 0 to 2,147,483,647.',

  rejectedTitle: 'Images that cannot be used',
  rejectedText: 'Each is named with its reason. The files were not changed.',
  showRejected: 'List rejected images…',
  noRejected: 'Every image of the project can be used.',
};

export { english as images };
