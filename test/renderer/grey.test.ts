import { expect, test } from 'vitest';
import { isGrey } from '../../src-renderer/ui/grey.ts';

test.each([
  ['nothing at all', [], true],
  ['black, grey and white', [0, 0, 0, 255, 99, 99, 99, 255, 255, 255, 255, 255], true],
  ['a trace of colour, as codecs leave', [100, 104, 106, 255], true],
  ['a pale blue', [100, 100, 107, 255], false],
  ['one coloured pixel at the end', [8, 8, 8, 255, 9, 9, 90, 255], false],
  ['grey that is see-through: alpha is no colour', [50, 50, 50, 0], true],
])('%s', (_, rgba, grey) => expect(isGrey(rgba)).toBe(grey));
