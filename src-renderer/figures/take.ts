/** Things of the screen for use elsewhere: each asks where to, and writes one file. */
import { numbersCsv } from '../../src-main/shared/figure/numbers.ts';
import { text } from '../messages/index.ts';
import { connection } from '../state/connection.svelte.ts';
import { showSuccess } from '../ui/notify.ts';
import { arrayFile } from './arrays.ts';
import type { Figure } from './figure.ts';
import { svgToPng } from './svg-to-png.ts';
import { figureSvg } from './svg/draw.ts';

export const figureFormats = ['png', 'svg', 'csv', 'npy'] as const;
export type FigureFormat = (typeof figureFormats)[number];

/** What is written: the file's ending, and its content. */
interface Content {
  suffix: string;
  data: string | Uint8Array<ArrayBuffer>;
}

/** `about`: what stands below the title, such as the network's and the image's name. */
export async function contentOf(figure: Figure, about: readonly string[], format: FigureFormat): Promise<Content> {
  switch (format) {
    case 'png':
      return { suffix: '.png', data: await svgToPng(figureSvg(figure, about)) };
    case 'svg':
      return { suffix: '.svg', data: figureSvg(figure, about) };
    case 'csv':
      return { suffix: '.csv', data: numbersCsv(figure.numbers) };
    case 'npy':
      return arrayFile(figure, [...about, ...(figure.notes ?? [])]);
  }
}

/** Asks for a place, `name` proposed, and writes there; what goes wrong is thrown. */
export async function save(title: string, name: string, { suffix, data }: Content): Promise<void> {
  const path = await connection.request('dialog.save', { title, name: `${fileName(name)}${suffix}` });
  if (!path) return;
  await connection.request('files.write', { path, data });
  showSuccess(text.figures.written(path));
}

/** What every file system takes, and no longer than it does. */
const fileName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}.]+/gu, '-')
    .slice(0, 160)
    .replace(/^[-.]+|[-.]+$/g, '');
