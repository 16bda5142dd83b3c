/** What drawings in SVG are made of. Sizes in px; the inks are for white paper. */
import { escapeMarkup } from '../markup.ts';

/** A part of a drawing: its size, and its markup with the origin at its upper left corner. */
export interface Block {
  width: number;
  height: number;
  markup: string;
}

export const ink = { text: '#1a1a1c', muted: '#55555c', line: '#c3c3ca', paper: '#ffffff', bar: '#1d52bd' } as const;

interface TextStyle {
  size?: number;
  fill?: string;
  bold?: boolean;
  anchor?: 'start' | 'middle' | 'end';
  /** Degrees, about its own place. */
  turned?: number;
}

/** One line of text, (x, y) the end of its base line that `anchor` names. */
export function line(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { size = 12, fill = ink.text, bold = false, anchor = 'start', turned = 0 } = style;
  return [
    `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"`,
    bold ? ' font-weight="600"' : '',
    anchor === 'start' ? '' : ` text-anchor="${anchor}"`,
    turned ? ` transform="rotate(${turned} ${x} ${y})"` : '',
    `>${escapeMarkup(text)}</text>`,
  ].join('');
}

/** About as wide as a sans-serif text becomes; a drawing cannot measure its letters. */
export const textWidth = (text: string, size = 12): number => Math.ceil(text.length * size * 0.6);

export const moved = (x: number, y: number, { markup }: Block): string =>
  `<g transform="translate(${x} ${y})">${markup}</g>`;
