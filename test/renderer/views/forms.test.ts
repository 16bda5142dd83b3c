import { describe, expect, test } from 'vitest';
import { text } from '../../../src-renderer/messages/index.ts';
import { splitPath } from '../../../src-renderer/views/classify/paths.ts';
import { rightAndTotal, rowShares } from '../../../src-renderer/views/evaluate/confusion.ts';
import { splitProblems } from '../../../src-renderer/views/images/split-form.ts';

describe('splitProblems', () => {
  const words = text.images;
  const none = { validation: null, test: null, seed: null };
  test.each([
    ['the usual', { validationPercent: 20, testPercent: 10, seed: 1 }, none],
    ['nothing set aside', { validationPercent: 0, testPercent: 0, seed: 0 }, none],
    ['an empty field', { validationPercent: null, testPercent: 0, seed: 1 }, { ...none, validation: words.shareRange }],
    ['more than 90 %', { validationPercent: 91, testPercent: 0, seed: 1 }, { ...none, validation: words.shareRange }],
    ['less than nothing', { validationPercent: 0, testPercent: -1, seed: 1 }, { ...none, test: words.shareRange }],
    ['95 % together', { validationPercent: 50, testPercent: 45, seed: 1 }, none],
    ['96 % together', { validationPercent: 50, testPercent: 46, seed: 1 }, { ...none, test: words.sharesTooBig }],
    ['half a seed', { validationPercent: 20, testPercent: 0, seed: 1.5 }, { ...none, seed: words.seedRange }],
    ['no seed', { validationPercent: 20, testPercent: 0, seed: null }, { ...none, seed: words.seedRange }],
    [
      'a seed of 2 to the 31',
      { validationPercent: 20, testPercent: 0, seed: 2 ** 31 },
      { ...none, seed: words.seedRange },
    ],
  ])('%s', (_, form, problems) => {
    expect(splitProblems(form)).toEqual(problems);
  });
});

describe('a confusion matrix', () => {
  const confusion = [
    [3, 1],
    [0, 0],
  ];
  test('has its right answers on the diagonal', () => {
    expect(rightAndTotal(confusion)).toEqual({ right: 3, total: 4 });
    expect(rightAndTotal([])).toEqual({ right: 0, total: 0 });
  });
  test('has shares by row, and none in a row without images', () => {
    expect(rowShares(confusion)).toEqual([
      [0.75, 0.25],
      [0, 0],
    ]);
  });
});

test.each([
  ['/a/b/c.png', '/a/b/', 'c.png'],
  ['c.png', '', 'c.png'],
  ['C:\\a\\b.png', 'C:\\a\\', 'b.png'],
  ['/a/line\nbreak.png', '/a/', 'line\nbreak.png'],
])('%j lies in %j and is called %j', (path, folder, name) => {
  expect(splitPath(path)).toEqual({ folder, name });
});
