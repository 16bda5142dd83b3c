/** The sizes of receptive fields over all layers, as a chart and as a table show them. */
import { onImage, type FieldSizes } from '../../../../src-main/shared/inspect/drives.ts';
import { text } from '../../../messages/index.ts';
import { seriesColor } from '../../../ui/colors.ts';
import { formatValue } from '../../../ui/numbers.ts';

const words = text.drives.field;

const areaOf = ({ height, width }: { height: number; width: number }): number => height * width;

/** The root of an area; NaN where there is no box. */
const sideOf = (box: { height: number; width: number } | null): number => (box ? Math.sqrt(areaOf(box)) : NaN);

export interface GrowthRow extends FieldSizes {
  /** What of the theoretical box lies on the image. */
  inside: FieldSizes['theoretical'];
  sides: { theoretical: number; effective: number };
  /** Of the effective box in what lies on the image. */
  share: number;
}

export const growthRows = (rows: readonly FieldSizes[], image: readonly [number, number]): GrowthRow[] =>
  rows.map((row) => {
    const inside = row.theoretical && onImage(row.theoretical, image);
    const sides = { theoretical: sideOf(inside), effective: sideOf(row.effective) };
    return { ...row, inside, sides, share: (sides.effective / sides.theoretical) ** 2 };
  });

/** Over the layers' numbers, from 1 on. */
export function growthChart(rows: readonly GrowthRow[], dark = false) {
  const curve = (which: 'theoretical' | 'effective', index: number) => ({
    label: words.columns[which],
    color: seriesColor(index, dark),
    dashed: which === 'effective',
    points: rows.flatMap(({ sides }, at) => (Number.isFinite(sides[which]) ? [[at + 1, sides[which]] as const] : [])),
  });
  return {
    xLabel: words.layerNumber,
    yLabel: words.side,
    formatX: (at: number) => rows[at - 1]?.layer ?? '',
    formatY: formatValue,
    formatTick: formatValue,
    curves: [curve('theoretical', 0), curve('effective', 1)],
  };
}
