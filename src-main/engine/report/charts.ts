/** Curves and histograms as drawings that stand alone, light or dark as their reader prefers. */
import { seriesColors } from '../../shared/colors.ts';
import { barsBlock } from '../../shared/figure/bars.ts';
import { chartBlock } from '../../shared/figure/chart.ts';
import type { Chart } from '../../shared/figure/chart.ts';
import { ink } from '../../shared/figure/drawing.ts';
import type { Block } from '../../shared/figure/drawing.ts';
import type { Histogram } from '../../shared/inspection.ts';
import { escapeMarkup } from '../../shared/markup.ts';
import { formatCount } from '../../shared/numbers.ts';

const plot = { width: 330, height: 190 };
/** What the inks for white paper become on a dark page. */
const onDark = [
  [ink.text, '#e8e8ea'],
  [ink.muted, '#b0b0b8'],
  [ink.line, '#3d3d44'],
  [ink.bar, '#8ab0ff'],
  ...seriesColors.light.map((color, at) => [color, seriesColors.dark[at]!] as const),
] as const;
const darkRules = onDark.map(([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`);
const style = `<style>text{font-family:system-ui,sans-serif}@media(prefers-color-scheme:dark){${darkRules.join('')}}</style>`;

export const curvesSvg = (title: string, chart: Chart): string => svg(title, chartBlock(chart, plot));

export const histogramSvg = (title: string, histogram: Histogram): string => {
  const yLabel = `values a bin, ${formatCount(histogram.counts.length)} bins`;
  return svg(title, barsBlock({ histogram, xLabel: 'value', yLabel }, plot));
};

const svg = (title: string, { width, height, markup }: Block): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeMarkup(title)}"><title>${escapeMarkup(title)}</title>${style}
${markup}
</svg>
`;
