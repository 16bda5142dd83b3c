/** Drawings of the page, which are for light and for dark. */
import { expect, test } from 'vitest';
import { curvesSvg, histogramSvg } from '../../../src-main/engine/report/charts.ts';
import { seriesColor } from '../../../src-main/shared/colors.ts';

/** Black text on black, a light line on white. */
function contrast(one: string, other: string): number {
  const [a, b] = [one, other].map((color) => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
    const [red, green, blue] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue! + 0.05;
  });
  return Math.max(a! / b!, b! / a!);
}

test('every ink of a drawing has one for dark pages, and each is seen on its page (WCAG 2.2: 3 for what is drawn)', () => {
  const points = [
    [0, 1],
    [5, 3],
  ] as const;
  const curves = Array.from({ length: 7 }, (_, at) => ({
    ...{ label: `<curve ${at}>`, color: seriesColor(at, false), dashed: at > 3, points },
  }));
  const drawings = [
    curvesSvg('Curves', { xLabel: 'step', yLabel: '<change>', curves }),
    histogramSvg('Bars', { from: 0, to: 1, counts: [1, 2, 3] }),
  ];
  for (const svg of drawings) {
    const [, style, drawn] = /<style>(.*?)<\/style>([^]*)/.exec(svg)!;
    const inks = new Set([...drawn!.matchAll(/(?:fill|stroke)="(#\w{6})"/g)].map(([, ink]) => ink!));
    expect(inks.size).toBeGreaterThan(2);
    for (const ink of inks) {
      const rule = new RegExp(`\\[fill="${ink}"\\]\\{fill:(#\\w{6})\\}\\[stroke="${ink}"\\]\\{stroke:\\1\\}`).exec(
        style!,
      );
      const isGrid = ink === '#c3c3ca';
      expect(contrast(ink, '#ffffff')).toBeGreaterThan(isGrid ? 1.2 : 3);
      expect(contrast(rule![1]!, '#1b1b1e')).toBeGreaterThan(isGrid ? 1.2 : 3);
    }
    expect(drawn).not.toMatch(/<(curve|change)/);
  }
});
