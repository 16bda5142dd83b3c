import { expect, test } from 'vitest';
import { readImageFile } from '../../src-main/decoder/image-file.ts';
import { temporaryFolder, writeTo } from './support.ts';

const folder = temporaryFolder();

test('files of any size are read whole, whatever was read before', () => {
  for (const size of [5000, 2 ** 20 - 1, 2 ** 20 + 1, 2 ** 20, 100, 3 * 2 ** 20]) {
    const content = Buffer.from(Array.from({ length: size }, (_, at) => (at * size) % 251));
    content.write('GIF89a', 0, 'latin1');
    const file = readImageFile(writeTo(folder, `${size}.gif`, content));
    expect(file).toMatchObject({ format: 'gif', bytes: size });
    expect(file.content.equals(content)).toBe(true);
  }
});
