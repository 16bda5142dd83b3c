import { deadMaps } from '../../../shared/inspect/maps.ts';
import type { MapStatistics, Statistics } from '../../../shared/inspection.ts';
import { mapsOf } from '../../../shared/inspection.ts';
import { numbered } from '../../../shared/figure/numbers.ts';
import { formatCount, formatPercent, formatShape, formatValue } from '../../../shared/numbers.ts';
import { mapGrid } from '../map-image.ts';
import { rangeOf } from '../../../shared/colors.ts';
import type { ReportContext, ReportLayer } from './context.ts';
import { note, pictures, text, warning } from './page.ts';
import type { Part } from './page.ts';

const columns = ['min', 'max', 'mean', 'variance', 'zeros', 'broken'] as const satisfies (keyof MapStatistics)[];

/** All maps of a layer as a picture, their values, and figures of each; the picture's path too. */
export async function layerMaps(
  { activations, shelf }: ReportContext,
  { spec, description, folder, id }: ReportLayer,
  statistics: Statistics,
): Promise<{ file: string; part: Part }> {
  const { shape, values, statistics: each } = activations.output(spec.name);
  const [height, width, maps] = mapsOf(shape);
  const file = await shelf.picture(`${folder}/maps.png`, mapGrid(shape, values));
  const exact = shelf.npy(`${folder}/maps.npy`, values, shape);
  const axes = [numbered('map', maps)];
  const figures = shelf.csv(
    `${folder}/maps.csv`,
    columns.map((name) => ({ name, axes, values: each[name] })),
  );

  const dead = deadMaps({ shape, statistics: each });
  const broken = each.broken.reduce((sum, count) => sum + count, 0);
  const isMaps = shape.length === 3;
  const many = isMaps ? `${formatCount(maps)} maps of ${height} × ${width} cells` : `${formatCount(shape[0])} units`;
  const sight = description.receptiveField;
  const { mean, std, zeros } = statistics;
  return {
    file,
    part: {
      id: `${id}-maps`,
      title: isMaps ? 'Feature maps' : 'Units',
      blocks: [
        ...(sight
          ? [
              text(
                `A cell sees ${formatShape(sight.size)} pixels of the input; from one cell to the next it is ${formatShape(sight.stride)} pixels (down × to the right).`,
              ),
            ]
          : []),
        text(
          `Mean ${formatValue(mean)}, standard deviation ${formatValue(std)}, ${formatPercent(zeros)} of the values are exactly 0.`,
        ),
        ...(isMaps && dead.length > 0
          ? [
              note(
                `${formatCount(dead.length)} of ${formatCount(maps)} maps are dead: the same everywhere on this image.`,
              ),
            ]
          : []),
        ...(broken > 0
          ? [warning(`${formatCount(broken)} values are NaN or infinite; they are drawn in orange-red.`)]
          : []),
        pictures({
          file,
          alt: `${many} of ${spec.name}`,
          caption: `${many}, one scale of colours for all${isMaps ? ', row by row' : ', a cell for each unit, row by row'}. The values have no unit.`,
          kind: 'pixels',
          scale: { palette: 'viridis', range: rangeOf(values) },
          numbers: [exact, figures],
        }),
      ],
    },
  };
}
