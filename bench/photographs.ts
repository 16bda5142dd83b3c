/** The folder of JPEGs for bench/images.ts: made once, the same on every machine. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { benchFolder } from './machine.ts';
import { photograph } from './photograph.ts';

const height = 768;
const width = 1024;
const pictures = 64;
/** Each picture is also used upside down and mirrored, which to a codec is another picture. */
const turns = 4;
/** As cameras write them: about 130 kB each. */
const quality = 90;

/** Absolute paths of 256 JPEGs. */
export async function photographs(): Promise<string[]> {
  const folder = join(benchFolder(), 'photographs-1');
  if (!existsSync(folder)) {
    console.error('Making 256 JPEGs (once; about a minute)');
    const temporary = `${folder}.${process.pid}.tmp`;
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    for (let seed = 0; seed < pictures; seed++) {
      const pixels = photograph(height, width, seed);
      for (let turn = 0; turn < turns; turn++) {
        const image = sharp(pixels, { raw: { width, height, channels: 3 } });
        const name = `${String(seed * turns + turn).padStart(3, '0')}.jpg`;
        await image
          .flip(turn % 2 === 1)
          .flop(turn > 1)
          .jpeg({ quality })
          .toFile(join(temporary, name));
      }
    }
    renameSync(temporary, folder);
  }
  return readdirSync(folder).map((name) => join(folder, name));
}
