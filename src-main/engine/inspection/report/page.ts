/** A report as one HTML page that needs nothing but the files beside it: no script, no network. */
import { formatValue } from '../../../shared/numbers.ts';
import { escapeMarkup } from '../../../shared/markup.ts';
import type { Range } from '../../../shared/colors.ts';
import { pageStyle } from './style.ts';

export interface Picture {
  /** Relative to the page, parts parted by "/". */
  file: string;
  /** What it shows, for those who do not see it. */
  alt: string;
  caption: string;
  /** The colours' ends, for pictures of numbers. */
  scale?: { palette: 'viridis' | 'diverging'; range: Range };
  /** A drawing has a size of its own, pixels are shown crisp. */
  kind: 'pixels' | 'chart';
  /** Files of its numbers. */
  numbers?: readonly string[];
}

export type Block =
  | { kind: 'text' | 'note' | 'warning'; text: string }
  | { kind: 'pictures'; pictures: readonly Picture[] }
  | {
      kind: 'table';
      caption: string;
      columns: readonly string[];
      /** The first cell of a row is its head. */
      rows: readonly (readonly string[])[];
      numbers?: readonly string[];
    };

/** `id` is the anchor: letters, digits, "-", "_" and ".". */
export interface Part {
  id: string;
  title: string;
  blocks: readonly Block[];
  parts?: readonly Part[];
}

export const text = (sentence: string): Block => ({ kind: 'text', text: sentence });
export const note = (sentence: string): Block => ({ kind: 'note', text: sentence });
export const warning = (sentence: string): Block => ({ kind: 'warning', text: sentence });
export const pictures = (...shown: Picture[]): Block => ({ kind: 'pictures', pictures: shown });

export function renderPage(title: string, lead: readonly Block[], parts: readonly Part[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title><style>${pageStyle}</style></head><body>
<a class="skip" href="#main">Skip the contents</a>
<nav aria-label="Contents"><ul>${parts.map(entry).join('')}</ul></nav>
<main id="main"><h1>${escapeMarkup(title)}</h1>
${lead.map(blockHtml).join('\n')}
${parts.map((part) => partHtml(part, 2)).join('\n')}
</main></body></html>
`;
}

const entry = ({ id, title, parts }: Part): string => {
  const link = `<a href="#${id}">${escapeMarkup(title)}</a>`;
  return parts?.length ? `<li>${link}<ul>${parts.map(entry).join('')}</ul></li>` : `<li>${link}</li>`;
};

function partHtml({ id, title, blocks, parts = [] }: Part, level: number): string {
  return `<section id="${id}"><h${level}>${escapeMarkup(title)}</h${level}>
${[...blocks.map(blockHtml), ...parts.map((part) => partHtml(part, level + 1))].join('\n')}</section>`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escapeMarkup(block.text)}</p>`;
    case 'note':
    case 'warning':
      return `<p class="${block.kind}">${escapeMarkup(block.text)}</p>`;
    case 'pictures':
      return `<div class="pictures">${block.pictures.map(pictureHtml).join('')}</div>`;
    case 'table':
      return tableHtml(block);
  }
}

function pictureHtml({ file, alt, caption, scale, kind, numbers = [] }: Picture): string {
  const bar = scale
    ? `<span class="scale"><span>${formatValue(scale.range.min)}</span><i class="${scale.palette}"></i><span>${formatValue(scale.range.max)}</span></span>`
    : '';
  return `<figure class="${kind}"><a href="${hrefOf(file)}"><img loading="lazy" src="${hrefOf(file)}" alt="${escapeMarkup(alt)}"></a>
<figcaption>${escapeMarkup(caption)} ${bar}${linksHtml([file, ...numbers])}</figcaption></figure>`;
}

function tableHtml({ caption, columns, rows, numbers = [] }: Extract<Block, { kind: 'table' }>): string {
  const head = columns.map((column) => `<th scope="col">${escapeMarkup(column)}</th>`).join('');
  const body = rows.map(
    ([name, ...cells]) =>
      `<tr><th scope="row">${escapeMarkup(name ?? '')}</th>${cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="table" role="region" aria-label="${escapeMarkup(caption)}" tabindex="0"><table><caption>${escapeMarkup(caption)} ${linksHtml(numbers)}</caption>
<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function linksHtml(files: readonly string[]): string {
  const links = files.map((file) => {
    const name = file.split('/').at(-1)!;
    return `<a href="${hrefOf(file)}" title="${escapeMarkup(file)}">${escapeMarkup(name)}</a>`;
  });
  return links.length > 0 ? `<span class="files">${links.join(' ')}</span>` : '';
}

const hrefOf = (file: string): string => file.split('/').map(encodeURIComponent).join('/');
