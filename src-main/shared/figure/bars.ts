/** A histogram over labelled axes. */
import type { Histogram } from '../inspection.ts';
import { formatCount, formatValue } from '../numbers.ts';
import { ink } from './drawing.ts';
import type { Block } from './drawing.ts';
import { plotBlock, round } from './plot.ts';
import { Scale } from './scale.ts';

export interface Bars {
  histogram: Histogram;
  xLabel: string;
  /** What is counted: "values". */
  yLabel: string;
}

const usual = { width: 320, height: 140 };

/** A bar a bin, as high as its count. Without a finite range there are no bins to be drawn. */
export function barsBlock({ histogram, xLabel, yLabel }: Bars, plot = usual): Block {
  const isThere = [histogram.from, histogram.to].every(Number.isFinite);
  const { from, to, counts } = isThere ? histogram : { from: 0, to: 1, counts: [] };
  const across = Scale.over([from, to], 'data', plot.width, 80);
  const up = Scale.over([0, ...counts], 'zero', plot.height, 36);
  const each = plot.width / Math.max(1, counts.length);
  const bars = counts.map((count, bin) => {
    const height = round(up.at(count));
    return `<rect x="${round(bin * each)}" y="${round(plot.height - height)}" width="${round(each * 0.9)}" height="${height}" fill="${ink.bar}"/>`;
  });
  const showX = (value: number) => (isThere ? formatValue(value) : '');
  const showY = (count: number) => (isThere && Number.isInteger(count) ? formatCount(count) : '');
  return plotBlock(plot, { xLabel, yLabel, across, up, showX, showY }, bars.join(''));
}
