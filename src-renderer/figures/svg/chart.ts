/** Curves with labelled axes, and bars. */
import type { Curve } from '../../ui/chart-data.ts';
import { formatValue } from '../../ui/numbers.ts';
import type { BarsPicture, ChartPicture } from '../figure.ts';
import { ink, line, textWidth, type Block } from './parts.ts';
import { Scale } from './scale.ts';

const plot = { width: 520, height: 260 } as const;
const axisHeight = 40;
const legendLine = 18;
/** Of a curve with fewer points each has a mark. */
const fewPoints = 40;

export function chartBlock({ xLabel, yLabel, curves, yScale = 'zero' }: ChartPicture): Block {
  const points = curves.flatMap((curve) => curve.points).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const across = Scale.over(
    points.map(([x]) => x),
    'data',
    plot.width,
  );
  const up = Scale.over(
    points.map(([, y]) => y),
    yScale,
    plot.height,
  );
  const ticks = up.ticks.map((value) => ({ at: plot.height - up.at(value), text: formatValue(value) }));
  const left = 24 + Math.max(0, ...ticks.map(({ text }) => textWidth(text, 11)));
  const legend = legendOf(curves, left + plot.width);
  const style = { size: 11, fill: ink.muted };
  const grid = [
    ...ticks.map(({ at }) => `<path d="M0 ${round(at)}h${plot.width}" stroke="${ink.line}"/>`),
    ...ticks.map(({ at, text }) => line(-6, round(at) + 4, text, { ...style, anchor: 'end' })),
    ...across.ticks.map((value) =>
      line(round(across.at(value)), plot.height + 15, formatValue(value), { ...style, anchor: 'middle' }),
    ),
    `<path d="M0 ${plot.height}h${plot.width}" stroke="${ink.muted}"/>`,
    line(plot.width / 2, plot.height + 32, xLabel, { ...style, anchor: 'middle' }),
    line(12 - left, plot.height / 2, yLabel, { ...style, anchor: 'middle', turned: -90 }),
  ];
  const place = ([x, y]: readonly [number, number]) => `${round(across.at(x))} ${round(plot.height - up.at(y))}`;
  const lines = curves.map(({ color, dashed, faint, points: own }) => {
    const shown = yScale === 'log' ? own.filter(([, y]) => y > 0) : own;
    const marks = faint || shown.length >= fewPoints ? [] : shown.filter((point) => point.every(Number.isFinite));
    const dash = dashed ? ' stroke-dasharray="5 4"' : '';
    const style = faint ? 'stroke-width="1" opacity="0.35"' : `stroke-width="1.75"${dash}`;
    return [
      `<path d="${pathOf(shown, place)}" fill="none" stroke="${color}" stroke-linejoin="round" ${style}/>`,
      ...marks.map(
        ([x, y]) =>
          `<circle cx="${round(across.at(x))}" cy="${round(plot.height - up.at(y))}" r="2.5" fill="${color}"/>`,
      ),
    ].join('');
  });
  return {
    width: left + plot.width + 12,
    height: legend.height + 8 + plot.height + axisHeight,
    markup: `${legend.markup}<g transform="translate(${left} ${legend.height + 8})">${[...grid, ...lines].join('')}</g>`,
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;

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

const bars = { width: 320, height: 120 } as const;

/** How many fall into each bin; the ends of the axis and the highest bar are named. */
export function barsBlock({ histogram: { from, to, counts }, unit }: BarsPicture): Block {
  const highest = counts.reduce((most, count) => Math.max(most, count), 1);
  const each = bars.width / Math.max(1, counts.length);
  const rects = counts.map((count, bin) => {
    const height = round((count / highest) * bars.height);
    return `<rect x="${round(bin * each)}" y="${round(16 + bars.height - height)}" width="${round(each * 0.9)}" height="${height}" fill="${ink.bar}"/>`;
  });
  const style = { size: 11, fill: ink.muted };
  const foot = 16 + bars.height;
  return {
    width: bars.width,
    height: foot + 18,
    markup: [
      line(0, 10, `${highest.toLocaleString('en')} ${unit}`, style),
      ...rects,
      `<path d="M0 ${foot}h${bars.width}" stroke="${ink.muted}"/>`,
      line(0, foot + 14, formatValue(from), style),
      line(bars.width, foot + 14, formatValue(to), { ...style, anchor: 'end' }),
    ].join(''),
  };
}
