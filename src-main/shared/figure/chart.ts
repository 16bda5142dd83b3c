/** Curves over labelled axes. */
import { formatValue } from '../numbers.ts';
import { line, textWidth } from './drawing.ts';
import type { Block } from './drawing.ts';
import { plotBlock, round } from './plot.ts';
import { Scale } from './scale.ts';
import type { ScaleKind } from './scale.ts';

export interface Curve {
  label: string;
  color: string;
  dashed: boolean;
  /** Drawn faintly behind the others, and neither named nor told at the pointer. */
  faint?: boolean;
  points: readonly (readonly [number, number])[];
}

export interface Chart {
  xLabel: string;
  yLabel: string;
  curves: readonly Curve[];
  /** Otherwise: from 0, which suits sizes; where the values are; or their powers of ten. */
  yScale?: ScaleKind;
}

const usual = { width: 520, height: 260 };
const legendLine = 18;
/** Of a curve with fewer points each has a mark. */
const fewPoints = 40;

export function chartBlock({ xLabel, yLabel, curves, yScale = 'zero' }: Chart, plot = usual): Block {
  const points = curves.flatMap((curve) => curve.points).filter((point) => point.every(Number.isFinite));
  const over = (axis: 0 | 1) => points.map((point) => point[axis]);
  const across = Scale.over(over(0), 'data', plot.width, 80);
  const up = Scale.over(over(1), yScale, plot.height, 34);
  const place = ([x, y]: readonly [number, number]) => [round(across.at(x)), round(plot.height - up.at(y))] as const;
  const lines = curves.map(({ color, dashed, faint, points: own }) => {
    const shown = yScale === 'log' ? own.filter(([, y]) => y > 0) : own;
    const marks = faint || shown.length >= fewPoints ? [] : shown.filter((point) => point.every(Number.isFinite));
    const dash = dashed ? ' stroke-dasharray="5 4"' : '';
    const style = faint ? 'stroke-width="1" opacity="0.35"' : `stroke-width="1.75"${dash}`;
    const circles = marks.map(place).map(([x, y]) => `<circle cx="${x}" cy="${y}" r="2.5" fill="${color}"/>`);
    const path = pathOf(shown, (point) => place(point).join(' '));
    return `<path d="${path}" fill="none" stroke="${color}" stroke-linejoin="round" ${style}/>${circles.join('')}`;
  });
  const axes = { xLabel, yLabel, across, up, showX: formatValue, showY: formatValue };
  return plotBlock(plot, axes, lines.join(''), (room) => legendOf(curves, room));
}

/** What is no number is left out, and the line with it. */
function pathOf(points: Curve['points'], place: (point: readonly [number, number]) => string): string {
  let path = '';
  let before = false;
  for (const point of points) {
    const isThere = point.every(Number.isFinite);
    if (isThere) path += `${before ? 'L' : 'M'}${place(point)}`;
    before = isThere;
  }
  return path;
}

/** The curves' names in as many lines as they take. */
function legendOf(curves: readonly Curve[], room: number): Block {
  let [x, y] = [0, 0];
  const entries = curves
    .filter(({ faint }) => !faint)
    .map(({ label, color, dashed }) => {
      const width = 24 + textWidth(label) + 14;
      if (x > 0 && x + width > room) [x, y] = [0, y + legendLine];
      const dash = dashed ? ' stroke-dasharray="4 3"' : '';
      const entry = `<path d="M${x} ${y + 9}h18" stroke="${color}" stroke-width="2"${dash}/>${line(x + 24, y + 13, label)}`;
      x += width;
      return entry;
    });
  return { width: room, height: entries.length > 0 ? y + legendLine : 0, markup: entries.join('') };
}
