import { formatCount, formatDuration, formatPercent } from '../../ui/numbers.ts';

const images = (count: number): string => (count === 1 ? '1 image' : `${formatCount(count)} images`);
const suggestions = (count: number): string => (count === 1 ? '1 suggestion' : `${formatCount(count)} suggestions`);

/** Suggested labels and similar images. */
const english = {
  title: 'Suggestions',
  by: 'Who suggests',
  builtIn: 'Built-in network',
  run: (name: string) => `Run: ${name}`,
  start: 'Suggest labels',
  forUnlabelled: 'For images without a label',
  forUnlabelledHint: 'Nothing becomes a label until you accept it.',
  forAll: 'For all images',
  forAllHint: 'Also finds labels that look wrong: filter by “Predicted wrongly”.',
  invitation: 'Label a few images of at least two classes first.',
  none: (source: string) => `No suggestions left (the last were by ${source})`,
  open: (count: number, source: string) => `${suggestions(count)} by ${source}`,

  working: 'Suggesting labels',
  comparing: 'Looking at the images',
  progress: (done: number, total: number) => `${formatCount(done)} of ${images(total)}`,
  cancel: 'Stop suggesting',
  cancelComparing: 'Stop looking',
  stopped: 'Suggesting stopped',
  stoppedText: 'What was suggested so far is kept.',
  comparingStopped: 'Looking at the images stopped',
  comparingStoppedText: 'What was seen so far is kept.',
  failed: 'Suggesting failed',
  comparingFailed: 'Looking at the images failed',

  uncertain: 'Most uncertain first',
  acceptAbove: 'Accept all above…',
  acceptTitle: 'Accept suggestions',
  acceptText:
    'The images get their suggested class as their label, marked as accepted suggestions. One undo takes all of it back.',
  least: 'Least confidence',
  percent: '%',
  leastRange: 'Enter a share from 0 to 100 %.',
  ofClass: 'Class',
  anyClass: 'All classes',
  accept: (count: number) => (count === 0 ? 'Accept' : `Accept ${suggestions(count)}`),
  noneAbove: 'No suggestion is that sure.',
  counting: 'Counting',
  accepted: (count: number) => `${suggestions(count)} accepted`,
  clear: 'Clear suggestions',

  suggested: (name: string, confidence: number) => `Suggested: ${name}, ${formatPercent(confidence, 0)}`,
  mark: (name: string, confidence: number) => `${name} ${formatPercent(confidence, 0)}`,

  similar: 'Find similar images',
  compared: (known: number, usable: number) =>
    known === 0
      ? 'To find similar images, each image has to be looked at once.'
      : `Similar images among ${formatCount(known)} of ${images(usable)}: the others have not been looked at yet.`,
  compare: (count: number, seconds: number) => `Look at ${images(count)} (about ${formatDuration(seconds)})`,
};

export { english as suggestions };
