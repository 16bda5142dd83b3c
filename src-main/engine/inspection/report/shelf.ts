/** The files of a report, a folder deep at most: each is written once, and told by its path relative to the report's. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { numbersCsv } from '../../../shared/figure/numbers.ts';
import type { Numbers } from '../../../shared/figure/numbers.ts';
import { npy } from '../../../shared/npy.ts';
import type { NpyValues } from '../../../shared/npy.ts';
import type { DecoderClient } from '../../images/decoder-client.ts';
import type { RgbImage } from '../map-image.ts';

export class Shelf {
  readonly #folder: string;
  readonly #decoder: DecoderClient;

  constructor(folder: string, decoder: DecoderClient) {
    this.#folder = folder;
    this.#decoder = decoder;
  }

  write(path: string, data: string | Uint8Array): string {
    const file = join(this.#folder, path);
    // Not recursive: a report that was given up is gone, and what was still being drawn does not bring it back.
    if (!existsSync(dirname(file))) mkdirSync(dirname(file));
    writeFileSync(file, data);
    return path;
  }

  async picture(path: string, { pixels, height, width }: RgbImage): Promise<string> {
    return this.write(path, await this.#decoder.encodePng(pixels, height, width, 3));
  }

  npy(path: string, values: NpyValues, shape: readonly number[]): string {
    return this.write(path, npy(values, shape));
  }

  /** Arrays over the same axes stand in columns side by side. */
  csv(path: string, arrays: readonly Numbers[]): string {
    return this.write(path, numbersCsv(arrays));
  }
}
