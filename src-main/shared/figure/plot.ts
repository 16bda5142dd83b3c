/** Axes with their numbers, and what is drawn between them. */
import { ink, line, moved, textWidth } from './drawing.ts';
import type { Block } from './drawing.ts';
import type { Scale } from './scale.ts';

/** Of the plane between the axes, px. */
export interface PlotSize {
  width: number;
  height: number;
}

export interface Axes {
  xLabel: string;
  yLabel: string;
  across: Scale;
  up: Scale;
  /** Numbers on the axes; '' where there is to be none. */
  showX: (value: number) => string;
  showY: (value: number) => string;
}

const axisHeight = 40;
const small = { size: 11, fill: ink.muted };

const isNamed = ({ text }: { text: string }): boolean => text !== '';

/** A place on the plane to a hundredth of a px. */
export const round = (value: number): number => Math.round(value * 100) / 100;

/** `drawn` has its origin at the plane's upper left corner; `above` is told how much room there is. */
export function plotBlock(
  { width, height }: PlotSize,
  { xLabel, yLabel, across, up, showX, showY }: Axes,
  drawn: string,
  above?: (room: number) => Block,
): Block {
  const rows = up.ticks.map((value) => ({ at: round(height - up.at(value)), text: showY(value) })).filter(isNamed);
  const columns = across.ticks.map((value) => ({ at: round(across.at(value)), text: showX(value) })).filter(isNamed);
  const left = 24 + Math.max(0, ...rows.map(({ text }) => textWidth(text, small.size)));
  const right = Math.max(12, ...columns.map(({ at, text }) => at + textWidth(text, small.size) / 2 - width));
  const head = above?.(left + width);
  const top = head ? head.height + 8 : 8;
  const axes = [
    ...rows.map(({ at }) => `<path d="M0 ${at}h${width}" stroke="${ink.line}"/>`),
    ...rows.map(({ at, text }) => line(-6, at + 4, text, { ...small, anchor: 'end' })),
    ...columns.map(({ at, text }) => line(at, height + 15, text, { ...small, anchor: 'middle' })),
    line(width / 2, height + 32, xLabel, { ...small, anchor: 'middle' }),
    line(12 - left, height / 2, yLabel, { ...small, anchor: 'middle', turned: -90 }),
  ];
  const base = `<path d="M0 ${height}h${width}" stroke="${ink.muted}"/>`;
  const plane = { width, height, markup: [...axes, drawn, base].join('') };
  return {
    width: left + width + right,
    height: top + height + axisHeight,
    markup: (head?.markup ?? '') + moved(left, top, plane),
  };
}
