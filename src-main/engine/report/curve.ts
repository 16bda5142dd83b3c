import { escapeMarkup } from '../../shared/markup.ts';

export interface Series {
  name: string;
  /** A CSS colour. */
  color: string;
  values: number[];
}

const width = 420;
const height = 240;
const margin = { left: 48, right: 12, top: 12, bottom: 36 };

/** A line chart over epochs 1 to n as SVG, y from 0 (or the least value, if below) to a round maximum. */
export function curveSvg(title: string, unit: string, series: Series[]): string {
  const shown = series.filter(({ values }) => values.length > 0);
  const epochs = Math.max(...shown.map(({ values }) => values.length));
  const top = roundUp(Math.max(...shown.flatMap(({ values }) => values)));
  const x = (epoch: number) =>
    margin.left + ((epoch - 1) / Math.max(1, epochs - 1)) * (width - margin.left - margin.right);
  const y = (value: number) => height - margin.bottom - (value / top) * (height - margin.top - margin.bottom);

  const divisions = String(top).includes('5') ? 5 : 4; // 2.5 -> steps of 0.5, 2 -> steps of 0.5, 1 -> steps of 0.25
  const grid = Array.from({ length: divisions + 1 }, (_, at) => {
    const value = (at / divisions) * top;
    return `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${y(value)}" y2="${y(value)}"/>
      <text x="${margin.left - 6}" y="${y(value) + 4}" text-anchor="end">${Number(value.toPrecision(3))}</text>`;
  });
  const step = Math.ceil(epochs / 10);
  const ticks = Array.from({ length: epochs }, (_, at) => at + 1)
    .filter((epoch) => (epoch - 1) % step === 0)
    .map((epoch) => `<text x="${x(epoch)}" y="${height - margin.bottom + 16}" text-anchor="middle">${epoch}</text>`);
  const lines = shown.map(({ name, color, values }) => {
    const points = values.map((value, at) => `${x(at + 1).toFixed(1)},${y(value).toFixed(1)}`);
    const dots = points.map((point) => `<circle cx="${point.split(',')[0]}" cy="${point.split(',')[1]}" r="3"/>`);
    return `<g style="--line:${color}"><title>${escapeMarkup(name)}</title><polyline points="${points.join(' ')}"/>${dots.join('')}</g>`;
  });
  const legend = shown.map(
    ({ name, color }) => `<span><i style="background:${color}"></i>${escapeMarkup(name)}</span>`,
  );

  return `<figure><figcaption>${escapeMarkup(title)}${unit && ` (${escapeMarkup(unit)})`}</figcaption>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(title)} over epochs">
      ${grid.join('')}${ticks.join('')}
      <text x="${(margin.left + width - margin.right) / 2}" y="${height - 4}" text-anchor="middle">epoch</text>
      ${lines.join('')}
    </svg><div class="legend">${legend.join('')}</div></figure>`;
}

/** The next of 1, 2, 2.5, 5 times a power of ten: 0.83 -> 1, 2.1 -> 2.5 */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999)!;
}
