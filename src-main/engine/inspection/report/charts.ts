/** Curves and histograms as drawings that stand alone, light or dark as their reader prefers. */
import type { Histogram } from '../../../shared/inspection.ts';
import { escapeMarkup } from '../../../shared/markup.ts';
import { formatCount, formatValue } from '../../../shared/numbers.ts';

export interface Curve {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

const size = { width: 420, height: 240 };
const edge = { left: 62, right: 14, top: 14, bottom: 40 };
/** Okabe and Ito's, dark enough on white and, the second of each, light enough on black. */
const colours = [
  ['#0072b2', '#56b4e9'],
  ['#d55e00', '#f0814a'],
  ['#007a59', '#2fc79b'],
  ['#a8487f', '#e29ac0'],
  ['#8a6000', '#e6b03c'],
  ['#55555c', '#b9b9c2'],
] as const;
const dashes = ['', '6 3', '2 3', '8 3 2 3', '12 4', '1 4'];

const style = `<style>text{font:11px system-ui,sans-serif;fill:#55555c}line,rect.frame{stroke:#d5d5da}${colours
  .map(([light], at) => `.c${at}{stroke:${light};fill:none;stroke-width:1.75}.f${at}{fill:${light}}`)
  .join('')}@media(prefers-color-scheme:dark){text{fill:#b0b0b8}line,rect.frame{stroke:#3d3d44}${colours
  .map(([, dark], at) => `.c${at}{stroke:${dark}}.f${at}{fill:${dark}}`)
  .join('')}}</style>`;

/** Lines over a common x axis; what is not finite is left out. */
export function curvesSvg(title: string, { x, y }: { x: string; y: string }, curves: readonly Curve[]): string {
  const finite = curves.map(({ name, points }) => ({
    name,
    points: points.filter((point) => point.every(Number.isFinite)),
  }));
  const all = finite.flatMap(({ points }) => points);
  const across = endsOf(all.map(([at]) => at));
  const up = endsOf(all.map(([, value]) => value));
  const place = placing(across, up);
  const lines = finite.map(({ name, points }, at) => {
    const drawn = points
      .map(([px, py]) =>
        place(px, py)
          .map((number) => number.toFixed(1))
          .join(),
      )
      .join(' ');
    return `<polyline class="c${at % colours.length}" stroke-dasharray="${dashes[at % dashes.length]}" points="${drawn}"><title>${escapeMarkup(name)}</title></polyline>`;
  });
  const legend = finite.map(({ name }, at) => {
    const [column, row] = [at % 3, Math.floor(at / 3)];
    const [left, top] = [edge.left + column * 118, size.height + 4 + row * 16];
    return `<line class="c${at % colours.length}" stroke-dasharray="${dashes[at % dashes.length]}" x1="${left}" x2="${left + 22}" y1="${top}" y2="${top}"/><text x="${left + 28}" y="${top + 4}">${escapeMarkup(name)}</text>`;
  });
  const height = size.height + 16 * Math.ceil(curves.length / 3) + 4;
  return svg(title, height, [...axes(across, up, place), label(x, y), ...lines, ...legend]);
}

/** Bars from one end of the range to the other. */
export function histogramSvg(title: string, { from, to, counts }: Histogram): string {
  const highest = Math.max(1, ...counts);
  const up = { from: 0, to: highest };
  const across = { from, to };
  const place = placing(across, up);
  const bars = counts.map((count, bin) => {
    const [left, top] = place(from + ((to - from) * bin) / counts.length, count);
    const [right, bottom] = place(from + ((to - from) * (bin + 1)) / counts.length, 0);
    return `<rect class="f0" x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${Math.max(0.5, right - left - 0.6).toFixed(1)}" height="${(bottom - top).toFixed(1)}"/>`;
  });
  const drawn = Number.isFinite(from) && Number.isFinite(to) ? [...axes(across, up, place), ...bars] : [];
  return svg(title, size.height, [...drawn, label('value', `values a bin, ${formatCount(counts.length)} bins`)]);
}

interface Ends {
  from: number;
  to: number;
}

function endsOf(values: readonly number[]): Ends {
  const [from, to] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
  if (!(from <= to)) return { from: 0, to: 1 };
  return from === to ? { from: from - 0.5, to: to + 0.5 } : { from, to };
}

type Place = (x: number, y: number) => [number, number];

const placing =
  (across: Ends, up: Ends): Place =>
  (x, y) => [
    edge.left + ((x - across.from) / (across.to - across.from)) * (size.width - edge.left - edge.right),
    size.height - edge.bottom - ((y - up.from) / (up.to - up.from)) * (size.height - edge.top - edge.bottom),
  ];

/** Round numbers between the ends, about four: steps of 1, 2 or 5 times a power of ten. */
function ticksOf({ from, to }: Ends): number[] {
  const wanted = (to - from) / 4;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= wanted * 0.999)!;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function axes(across: Ends, up: Ends, place: Place): string[] {
  const rows = ticksOf(up).flatMap((value) => {
    const [, y] = place(across.from, value);
    return [
      `<line x1="${edge.left}" x2="${size.width - edge.right}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}"/>`,
      `<text x="${edge.left - 5}" y="${(y + 4).toFixed(1)}" text-anchor="end">${formatValue(value)}</text>`,
    ];
  });
  const columns = ticksOf(across).map((value) => {
    const [x] = place(value, up.from);
    return `<text x="${x.toFixed(1)}" y="${size.height - edge.bottom + 15}" text-anchor="middle">${formatValue(value)}</text>`;
  });
  return [...rows, ...columns];
}

const label = (x: string, y: string): string =>
  `<text x="${(edge.left + size.width - edge.right) / 2}" y="${size.height - 8}" text-anchor="middle">${escapeMarkup(x)}</text>
<text transform="translate(11 ${(size.height - edge.bottom + edge.top) / 2}) rotate(-90)" text-anchor="middle">${escapeMarkup(y)}</text>`;

const svg = (title: string, height: number, parts: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}" role="img" aria-label="${escapeMarkup(title)}"><title>${escapeMarkup(title)}</title>${style}
${parts.join('\n')}
</svg>
`;
