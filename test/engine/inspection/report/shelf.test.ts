import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DecoderClient } from '../../../../src-main/engine/images/decoder-client.ts';
import { Shelf } from '../../../../src-main/engine/inspection/report/shelf.ts';
import { temporaryFolder } from '../../../decoder/support.ts';

const decoder = new DecoderClient({ processes: 1 });
afterAll(() => decoder.close());

test('a picture that is still being drawn when the report is given up does not bring its folder back', async () => {
  const folder = join(temporaryFolder(), 'report');
  mkdirSync(folder);
  const shelf = new Shelf(folder, decoder);
  const pixels = { height: 1, width: 1, pixels: new Uint8Array(3) };
  expect(await shelf.picture('001-conv1/maps.png', pixels)).toBe('001-conv1/maps.png');
  expect(readFileSync(join(folder, '001-conv1/maps.png')).toString('latin1', 1, 4)).toBe('PNG');
  const late = shelf.picture('002-conv2/maps.png', pixels);
  rmSync(folder, { recursive: true });
  await expect(late).rejects.toMatchObject({ code: 'ENOENT' });
  expect(existsSync(folder)).toBe(false);
});
