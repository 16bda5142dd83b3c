import { findingNames } from '../../../src-main/shared/labelling.ts';
import { formatCount } from '../../ui/numbers.ts';

/** From and to, as a chip says it: "≥ 10 px", "≤ 20 px", "10 to 20 px". */
function range(from: string | null, to: string | null, unit: string): string {
  const end = unit ? ` ${unit}` : '';
  if (from === null) return `≤ ${to}${end}`;
  return to === null ? `≥ ${from}${end}` : `${from} to ${to}${end}`;
}

/** The filters and the order of the Images view. */
const english = {
  open: 'Filter',
  title: 'Show only images that meet all of these',
  active: 'Active filters',
  clear: 'Clear filters',
  remove: (chip: string) => `Remove the filter ${chip}`,
  any: 'Any',
  yes: 'Yes',
  no: 'No',
  from: 'from',
  to: 'to',
  reversed: '“From” is above “to”: nothing can match.',

  text: 'Text in the path',
  class: 'Class',
  status: 'State',
  split: 'Split',
  origin: 'Label set by',
  excluded: 'Excluded',
  pinned: 'Pinned',
  missing: 'File missing',
  format: 'Format',
  longerSide: 'Longer side',
  modified: 'File changed',
  prediction: 'Predicted class',
  noPrediction: 'No prediction',
  predictedWrongly: 'Predicted wrongly',
  confidence: 'Confidence',
  pixels: 'px',
  percent: '%',

  statuses: { ok: 'Usable', warning: 'With a warning', rejected: 'Rejected' },
  splits: { none: 'Not assigned', train: 'Training', validation: 'Validation', test: 'Test' },
  origins: { none: 'Nobody', imported: 'Folder or file', person: 'A person', suggestion: 'Accepted suggestion' },
  formats: { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', gif: 'GIF', tiff: 'TIFF', avif: 'AVIF' },
  findings: findingNames,

  chip: {
    text: (typed: string) => `Path: ${typed}`,
    class: (name: string) => `Class: ${name}`,
    gone: 'a class that is gone',
    status: (name: string) => `State: ${name}`,
    split: (name: string) => `Split: ${name}`,
    origin: (name: string) => `Set by: ${name}`,
    excluded: (yes: boolean) => (yes ? 'Excluded' : 'Not excluded'),
    pinned: (yes: boolean) => (yes ? 'Pinned' : 'Not pinned'),
    missing: (yes: boolean) => (yes ? 'File missing' : 'File there'),
    format: (name: string) => `Format: ${name}`,
    longerSide: (from: number | null, to: number | null) =>
      `Longer side ${range(from === null ? null : formatCount(from), to === null ? null : formatCount(to), 'px')}`,
    modified: (from: string | null, to: string | null) => `Changed ${range(from, to, '')}`,
    prediction: (name: string | null) => (name === null ? 'No prediction' : `Predicted: ${name}`),
    predictedWrongly: (yes: boolean) => (yes ? 'Predicted wrongly' : 'Not predicted wrongly'),
    confidence: (from: number | null, to: number | null) =>
      `Confidence ${range(from === null ? null : String(from), to === null ? null : String(to), '%')}`,
    finding: (name: string) => `Found: ${name}`,
    similarTo: (count: number) => (count === 1 ? 'Similar to 1 image' : `Similar to ${formatCount(count)} images`),
  },

  sort: 'Sort by',
  orders: {
    added: 'Order of arrival',
    path: 'Path',
    modified: 'Date of the file',
    pixels: 'Size in pixels',
    bytes: 'Size on disk',
    class: 'Class',
    prediction: 'Predicted class',
    confidence: 'Confidence',
    uncertainty: 'Uncertainty',
  },
  ascending: 'Ascending: turn round',
  descending: 'Descending: turn round',
  sortedBySimilarity: 'Similar images stand in the order of likeness. Remove that filter to sort them.',
};

export { english as imageFilters };
