import { describe, expect, it } from 'vitest';
import { classificationCsv } from '../../../src-main/engine/evaluation/csv.ts';

describe('classificationCsv', () => {
  it('has a row a file, errors in their own column, and quotes what needs it', () => {
    const predictions = [
      { class: 'cat, big', probability: 0.75 },
      { class: 'say "dog"', probability: 0.25 },
    ];
    expect(
      classificationCsv([
        { path: 'a\nb.png', predictions },
        { path: 'c.png', error: 'an empty file' },
      ]),
    ).toBe(
      'path,error,class 1,probability 1,class 2,probability 2\r\n' +
        '"a\nb.png",,"cat, big",0.75,"say ""dog""",0.25\r\n' +
        'c.png,an empty file,,,,\r\n',
    );
  });
});
