import { describe, expect, test } from 'vitest';
import { absolutePath, networkChoice, size } from '../../src-main/cli/options.ts';
import { readRecipe } from '../../src-main/cli/recipe.ts';
import { durationText, progressText } from '../../src-main/cli/output.ts';
import { readable } from '../../src-main/cli/readable.ts';

test.each([
  [0, '0 s'],
  [12.4, '12 s'],
  [75, '1 min 15 s'],
  [7380, '2 h 3 min'],
])('%d seconds are %s', (seconds, text) => expect(durationText(seconds)).toBe(text));

test('a progress bar tells what, how much and how long', () => {
  expect(progressText('Reading images', 512, 1024, 12)).toBe(
    'Reading images  [############............]  512 of 1,024, 12 s left',
  );
  expect(progressText('Epoch 1 of 5', 0, 0, null)).toBe('Epoch 1 of 5  [........................]  0 of 0');
});

test('a result as text: tables, matrices, then single values', () => {
  const result = {
    accuracy: 0.912345,
    classes: ['cat', 'dog'],
    counts: { ok: 1200, rejected: 1 },
    imagesPerSecond: 1820.5928,
    maxDifference: 1.234e-7,
    confusion: [
      [10, 2],
      [3, 100],
    ],
    perClass: [
      { class: 'cat', support: 12 },
      { class: 'dog', support: 1103 },
    ],
    unknownClasses: [],
  };
  expect(readable(result)).toBe(
    [
      'confusion',
      '10    2',
      ' 3  100',
      '',
      'perClass',
      'class  support',
      'cat         12',
      'dog      1,103',
      '',
      'accuracy         0.9123',
      'classes          cat, dog',
      'counts           ok 1,200, rejected 1',
      'imagesPerSecond  1,821',
      'maxDifference    1.23e-7',
      'unknownClasses',
    ].join('\n'),
  );
});

describe('words', () => {
  test('sizes are height x width', () => {
    expect(size('28x36')).toEqual([28, 36]);
    expect(size('28X36')).toEqual([28, 36]);
    expect(size('64')).toEqual([64, 64]);
    for (const wrong of ['', 'x', '3x', '0x1', '-3x3', '3x3x3', '1e2', '99999999999x1'])
      expect(() => size(wrong)).toThrow();
  });

  test('relative paths are the caller’s', () => {
    const before = process.env.INIT_CWD;
    process.env.INIT_CWD = '/somewhere/else';
    try {
      expect(absolutePath('a/b')).toBe('/somewhere/else/a/b');
      expect(absolutePath('../b')).toBe('/somewhere/b');
      expect(absolutePath('/a')).toBe('/a');
      expect(networkChoice('mlp')).toEqual({ preset: 'mlp' });
      expect(networkChoice('./mlp')).toEqual({ file: '/somewhere/else/mlp' });
    } finally {
      if (before === undefined) delete process.env.INIT_CWD;
      else process.env.INIT_CWD = before;
    }
  });

  test('a recipe fills in its defaults', () => {
    const { epochs, ...rest } = readRecipe({ epochs: 3, seed: undefined });
    expect(epochs).toBe(3);
    expect({ ...rest, epochs: 10 }).toEqual(readRecipe({}));
  });
});
