/** Feature maps to take along, with the exact values that the engine has. */
import { labelled, numbered, type Axis, type Numbers } from '../../../../src-main/shared/figure/numbers.ts';
import { mapShape } from '../../../../src-main/shared/inspect/maps.ts';
import type { LayerSummary } from '../../../../src-main/shared/inspection.ts';
import { channelPanel } from '../../../figures/build.ts';
import type { Figure, Panel } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { viridis, type Range } from '../../../../src-main/shared/colors.ts';
import { layerFigures } from '../map-figures.ts';

const words = text.figures;

export interface MapsView {
  /** The maps' numbers in the order in which they are shown. */
  order: readonly number[];
  /** What the colours of a map stand for. */
  rangeOf: (map: number) => Range;
  caption: (map: number) => string;
  /** Of a vector's units, where they have names. */
  unitNames: readonly string[];
}

/** All maps of a layer. `values`: [height, width, maps] or [units]. */
export function layerFigure(layer: LayerSummary, values: Float32Array, view: MapsView): Figure {
  const shape = mapShape(layer.shape);
  const panels = view.order.map((map) =>
    channelPanel({ name: view.caption(map), values, shape, channel: map, range: view.rangeOf(map), palette: viridis }),
  );
  return {
    title: text.inspect.mapsLabel(layer.name),
    panels,
    numbers: [{ name: 'value', axes: axesOf(layer, view), values }],
  };
}

function axesOf({ shape }: LayerSummary, { unitNames }: MapsView): Axis[] {
  if (shape.length === 3) return [numbered('row', shape[0]), numbered('column', shape[1]), numbered('map', shape[2])];
  return [unitNames.length === shape[0] ? labelled('unit', unitNames) : numbered('unit', shape[0])];
}

/** One map. `values`: [height, width], row by row. */
export function mapFigure({ name, shape }: LayerSummary, map: number, values: Float32Array, range: Range): Figure {
  const [height, width] = mapShape(shape);
  const picture = { name: '', values, shape: [height, width, 1], channel: 0, range, palette: viridis } as const;
  const axes = [numbered('row', height), numbered('column', width)];
  return {
    title: words.mapOf(map, name),
    panels: [channelPanel(picture)],
    numbers: [{ name: 'value', axes, values }],
  };
}

/** The first maps of every layer, each layer under one scale. `valuesOf`: [height, width] of one map, or all units. */
export async function stripFigure(
  layers: readonly LayerSummary[],
  valuesOf: (layer: string, map: number) => Promise<Float32Array>,
): Promise<Figure> {
  const panels: Panel[] = [];
  const numbers: Numbers[] = [];
  for (const layer of layers) {
    const { name, shape, preview } = layer;
    const [height, width] = mapShape(shape);
    const range = layerFigures(layer);
    const planes: Float32Array[] = [];
    for (let map = 0; map < preview.count; map++) planes.push(await valuesOf(name, map));
    planes.forEach((values, map) => {
      const title = shape.length === 3 ? words.mapOf(map, name) : name;
      panels.push(
        channelPanel({ name: title, values, shape: [height, width, 1], channel: 0, range, palette: viridis }),
      );
    });
    const axes =
      shape.length === 3
        ? [numbered('map', preview.count), numbered('row', height), numbered('column', width)]
        : [numbered('unit', shape[0])];
    numbers.push({ name, axes, values: Float32Array.from(planes.flatMap((plane) => [...plane])) });
  }
  return { title: words.strip, panels, numbers };
}
