/** What Node throws at files, met for real where that is cheap, is told as one sentence without Node's own words. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ReceptiveError, errorFromReport, reportError } from '../../src-main/shared/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'receptive-errors-'));
const file = join(folder, 'file');
writeFileSync(file, 'x');
symlinkSync('loop', join(folder, 'loop'));
afterAll(() => rmSync(folder, { recursive: true }));

function reportOf(work: () => unknown): ReturnType<typeof reportError> {
  try {
    work();
  } catch (error) {
    return reportError(error);
  }
  throw new Error('nothing was thrown');
}

test.each([
  ['no such file', () => readFileSync(join(folder, 'gone')), 'not-found', `There is no ${folder}/gone.`],
  ['a file as a folder', () => readdirSync(file), 'not-found', `${file} leads through a file as if it were a folder.`],
  [
    'a folder as a file',
    () => writeFileSync(folder, ''),
    'unreadable',
    `${folder} is a folder, where a file is needed.`,
  ],
  ['a file in the way', () => mkdirSync(file), 'exists', `${file} already exists.`],
  [
    'a link to itself',
    () => readFileSync(join(folder, 'loop')),
    'unreadable',
    `${folder}/loop is a link that leads back to itself.`,
  ],
])('%s', (_, work, code, message) => expect(reportOf(work)).toEqual({ code, message, hint: '' }));

test.each(['Invalid typed array length: 9007199254740991', 'OOM when allocating tensor with shape[9,9]'])(
  'no memory: %s',
  (message) =>
    expect(reportError(new RangeError(message))).toEqual({
      code: 'out-of-memory',
      message: 'There is not enough memory.',
      hint: 'Use a smaller network, smaller images or a smaller batch.',
    }),
);

test('no memory for an array, met for real', () =>
  expect(reportOf(() => new Float32Array(2 ** 53 - 1))).toMatchObject({ code: 'out-of-memory' }));

test.each([
  ['EACCES', { path: '/a' }, 'unreadable', 'Permission to use /a is denied.', ''],
  ['EROFS', { path: '/a' }, 'unreadable', '/a is on a disk that can only be read.', ''],
  ['ENOSPC', {}, 'disk-full', 'The disk is full.', 'Free some space on that disk and try again.'],
  ['EEXIST', { path: '/a.tmp', dest: '/a' }, 'exists', '/a already exists.', ''],
  ['EISDIR', {}, 'unreadable', 'the file is a folder, where a file is needed.', ''],
  ['EWHATEVER', {}, 'internal', 'EWHATEVER: no words', ''],
])('%s %o', (systemCode, places, code, message, hint) => {
  const error = Object.assign(new Error(`${systemCode}: no words`), { code: systemCode }, places);
  expect(reportError(error)).toEqual({ code, message, hint });
});

test('what was foreseen keeps its words both ways, and what is no error at all is told as it is', () => {
  const error = new ReceptiveError('exists', 'a is there', 'Choose b.');
  expect(reportError(errorFromReport(reportError(error)))).toEqual({
    code: 'exists',
    message: 'a is there',
    hint: 'Choose b.',
  });
  expect(reportError('odd')).toEqual({ code: 'internal', message: 'odd', hint: '' });
});
