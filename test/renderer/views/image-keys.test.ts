import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { reservedKeys } from '../../../src-main/shared/labelling.ts';
import { imageKeys, keyOf, useOf } from '../../../src-renderer/views/images/image-keys.ts';

const guide = readFileSync(path.join(import.meta.dirname, '../../../docs/labelling.md'), 'utf8');

test.each([
  [{ key: 'x', code: 'KeyX' }, 'x'],
  [{ key: 'X', code: 'KeyX' }, 'x'], // with Caps Lock
  [{ key: 'a', code: 'KeyQ' }, 'a'], // a French keyboard: what is printed on the key counts
  [{ key: '&', code: 'Digit1' }, '1'], // the French digit row
  [{ key: 'ч', code: 'KeyX' }, 'x'], // a Russian keyboard
  [{ key: '/', code: 'Digit7' }, '/'], // a German keyboard
  [{ key: 'ü', code: 'BracketLeft' }, 'ü'],
  [{ key: 'Backspace', code: 'Backspace' }, 'Backspace'],
])('%o is %s', (press, key) => {
  expect(keyOf(press)).toBe(key);
});

test('the letters of the table are the ones that classes cannot have', () => {
  const letters = imageKeys.flatMap(({ press }) => (press && /^[a-z0-9]$/.test(press.key) ? [press.key] : []));
  expect(letters.sort()).toEqual([...reservedKeys].sort());
  for (const letter of letters) expect(useOf(letter)).not.toBeNull();
});

test('no key of the table does two things', () => {
  const pressed = imageKeys.flatMap(({ press }) => press?.key ?? []);
  expect(new Set(pressed).size).toBe(pressed.length);
});

test("the guide's table has every key of the view, with what it does, and no other", () => {
  const rows = guide.split('\n').filter((line) => /^\| .+ \| .+ \|$/.test(line));
  const start = rows.indexOf('| Key | What it does |');
  const said = rows.slice(start + 2, start + 2 + imageKeys.length);
  expect(said).toEqual(imageKeys.map(({ keys, title }) => `| ${keys} | ${title} |`));
});
