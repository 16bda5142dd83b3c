import { describe, expect, test } from 'vitest';
import { classKeys, reservedKeys } from '../../../src-main/shared/labelling.ts';
import type { ClassInfo } from '../../../src-main/shared/labelling.ts';
import { countWarnings, largestCount, warningOf } from '../../../src-renderer/views/images/balance.ts';
import { judgeKey } from '../../../src-renderer/views/images/class-key.ts';
import { findClasses } from '../../../src-renderer/views/images/class-search.ts';
import { growth } from '../../growth.ts';

const makeClass = (name: string, over: Partial<ClassInfo> = {}): ClassInfo => ({
  id: name.length,
  name,
  color: '#0072b2',
  key: null,
  count: 0,
  ...over,
});
const named = (...names: string[]) => names.map((name, index) => makeClass(name, { id: index + 1 }));

describe('balance', () => {
  test.each([
    [0, 500, 'empty'],
    [9, 9, 'few'],
    [10, 10, null],
    [49, 500, 'small'],
    [50, 500, null],
    [0, 0, 'empty'],
  ])('%i images where the largest class has %i: %s', (count, largest, warning) => {
    expect(warningOf(count, largest)).toBe(warning);
  });

  test('warnings are counted, the worst first, and left out where there are none', () => {
    const classes = [500, 49, 48, 3, 0, 400].map((count, id) => makeClass('c', { id, count }));
    expect(largestCount(classes)).toBe(500);
    expect(countWarnings(classes)).toEqual([
      { warning: 'empty', count: 1 },
      { warning: 'few', count: 1 },
      { warning: 'small', count: 2 },
    ]);
    expect(countWarnings(classes.slice(0, 1))).toEqual([]);
    expect(largestCount([])).toBe(0);
  });
});

describe('finding a class by typing', () => {
  const names = (typed: string, ...all: string[]) => findClasses(named(...all), typed).map(({ name }) => name);

  test('the name itself, its beginning, a word, any place, then scattered letters', () => {
    expect(names('cat', 'scatter', 'big cat', 'caterpillar', 'chart', 'cat', 'dog')).toEqual([
      'cat',
      'caterpillar',
      'big cat',
      'scatter',
      'chart',
    ]);
  });

  test('a short name is not hidden by longer ones that begin alike', () => {
    expect(names('1', '10', '100', '1', '21')).toEqual(['1', '10', '100', '21']);
  });

  test('case and accents do not matter, nor do spaces around what was typed', () => {
    expect(names('  CAFE ', 'café', 'tea')).toEqual(['café']);
    expect(names('Éc', 'eclair')).toEqual(['eclair']);
    expect(names('猫', '三毛猫', '犬')).toEqual(['三毛猫']);
  });

  test('nothing typed leaves the list as it is; nothing matches what is nowhere', () => {
    expect(names(' ', 'b', 'a')).toEqual(['b', 'a']);
    expect(names('xyz', 'cat', 'dog')).toEqual([]);
  });

  test('the work of searching grows with the number of classes, not with its square', () => {
    const many = named(...Array.from({ length: 10_000 }, (_, index) => `a class of many, number ${index}`));
    const search = (count: number) => (): void => {
      expect(findClasses(many.slice(0, count), `number ${count - 1}`)[0]?.name).toBe(
        `a class of many, number ${count - 1}`,
      );
    };
    expect(growth(search(1000), search(10_000))).toBeLessThan(40);
  });
});

describe('a key for a class', () => {
  const cat = makeClass('cat', { id: 1, key: '1' });
  const dog = makeClass('dog', { id: 2, key: 'd' });
  const judge = (key: string) => judgeKey(key, cat, [cat, dog]);

  test('a free one is allowed, its own is too', () => {
    expect(judge('q')).toMatchObject({ allowed: true, owner: null, sentence: expect.stringContaining('free') });
    expect(judge('1')).toMatchObject({ allowed: true, owner: null, sentence: expect.stringContaining('already') });
  });

  test('a taken one says whose it is', () => {
    expect(judge('d')).toMatchObject({ allowed: true, owner: dog, sentence: expect.stringContaining('“dog”') });
  });

  test('a reserved one says what it does', () => {
    expect(judge('x')).toMatchObject({ allowed: false, sentence: expect.stringContaining('Exclude the selection') });
    expect(judge('p')).toMatchObject({ allowed: false, sentence: expect.stringContaining('Pin the selection') });
  });

  test.each(['0', 'ä', 'F5', ' ', '-', 'Backspace', '/'])('%s is none', (key) => {
    expect(judge(key).allowed).toBe(false);
  });

  test('each key that classes get by themselves is allowed, each reserved one refused', () => {
    const nobody = makeClass('new', { id: 3 });
    expect(classKeys.filter((key) => !judgeKey(key, nobody, []).allowed)).toEqual([]);
    expect(reservedKeys.filter((key) => judgeKey(key, nobody, []).allowed)).toEqual([]);
  });
});
