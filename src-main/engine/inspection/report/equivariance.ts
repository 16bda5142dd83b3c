/** Whether moving the image and running a layer can change places, for some moves. */
import { labelled } from '../../../shared/figure/numbers.ts';
import { verdictOf } from '../../../shared/inspect/equivariance.ts';
import type { EquivarianceReport, LayerEquivariance } from '../../../shared/inspect/equivariance.ts';
import { unmoved } from '../../../shared/inspect/placement.ts';
import type { Placement } from '../../../shared/inspect/placement.ts';
import { throwIfInterrupted } from '../../images/interrupted.ts';
import { formatPercent, formatShape } from '../../../shared/numbers.ts';
import { equivariance } from '../equivariance.ts';
import { mapGrid, scaleFor } from '../map-image.ts';
import { around0, diverging, rangeOf, viridis } from '../../../shared/colors.ts';
import type { NetworkSection, ReportContext } from './context.ts';
import { pictures, text } from './page.ts';
import type { Block, Part } from './page.ts';

const moves: readonly { name: string; title: string; placement: Placement }[] = [
  { name: 'shift-1', title: 'Shifted to the right by 1 pixel', placement: { ...unmoved, shift: [0, 1] } },
  { name: 'shift-4', title: 'Shifted to the right by 4 pixels', placement: { ...unmoved, shift: [0, 4] } },
  { name: 'scale', title: 'Enlarged 1.1 times', placement: { ...unmoved, scale: 1.1 } },
  { name: 'turn', title: 'Turned clockwise by 10°', placement: { ...unmoved, degrees: 10 } },
];

/** Pixels across for three pictures in a line. */
const sideBySide = 320;

export const equivarianceSection: NetworkSection = async (context) => {
  const { network, activations, signal } = context;
  const layer = network.layers.find(({ name }) => activations.output(name).shape.length === 3) ?? network.layers[0]!;
  const parts: Part[] = [];
  for (const move of moves) {
    throwIfInterrupted(signal);
    parts.push(await movePart(context, layer.name, move));
  }
  return {
    id: 'equivariance',
    title: 'Equivariance',
    blocks: [
      text(
        'For every layer two ways are compared: moving the image and running the network, and running it and moving the maps. What comes in over an edge repeats the pixels, or cells, at that edge.',
      ),
      text(
        'Errors are the length of the difference over the length of the maps. Inside counts the cells that see no border and see none where they came from; of vectors it is told how far they change at all, 0 being invariance.',
      ),
    ],
    parts,
  };
};

async function movePart(
  context: ReportContext,
  layer: string,
  { name, title, placement }: (typeof moves)[number],
): Promise<Part> {
  const { model, network, pixels, shelf } = context;
  const report = equivariance(model, network, pixels, { layer, placement, from: 0 });
  const axes = [
    labelled(
      'layer',
      report.layers.map((one) => one.name),
    ),
  ];
  const columns = {
    'all cells': (one: LayerEquivariance) => one.error,
    inside: (one: LayerEquivariance) => one.inner ?? NaN,
  };
  const numbers = Object.entries(columns).map(([column, of]) => ({
    name: column,
    axes,
    values: Float64Array.from(report.layers, of),
  }));
  return {
    id: `equivariance-${name}`,
    title,
    blocks: [
      text(verdictText(report, placement)),
      ...(await mapsOf(context, name, layer, report)),
      {
        kind: 'table',
        caption: `${title}: how far each layer’s two ways are apart`,
        columns: ['Layer', 'All cells', 'Inside', 'Pixels a cell'],
        rows: report.layers.map((one) => [
          one.name,
          formatPercent(one.error, 2),
          one.inner === null ? 'none' : formatPercent(one.inner, 2),
          one.stride ? formatShape(one.stride) : '',
        ]),
        numbers: [shelf.csv(`equivariance/${name}.csv`, numbers)],
      },
    ],
  };
}

async function mapsOf(
  { shelf }: ReportContext,
  name: string,
  layer: string,
  { maps }: EquivarianceReport,
): Promise<Block[]> {
  if (!maps) return [];
  const { layerThenMove, moveThenLayer } = maps;
  const difference = moveThenLayer.values.map((value, at) => value - layerThenMove.values[at]!);
  const scale = scaleFor(layerThenMove.shape, sideBySide);
  const range = rangeOf([
    ...Object.values(rangeOf(layerThenMove.values)),
    ...Object.values(rangeOf(moveThenLayer.values)),
  ] as number[]);
  const shown = [
    { file: 'layer-then-move', caption: 'Layer, then move', values: layerThenMove.values, isDifference: false },
    { file: 'move-then-layer', caption: 'Move, then layer', values: moveThenLayer.values, isDifference: false },
    { file: 'difference', caption: 'Difference', values: difference, isDifference: true },
  ].map(async ({ file, caption, values, isDifference }) => {
    const colours = isDifference ? { palette: diverging, range: around0(values) } : { palette: viridis, range };
    const sentence = `${caption}: ${layer}, its first ${layerThenMove.shape[2]} maps`;
    return {
      file: await shelf.picture(
        `equivariance/${name}-${file}.png`,
        mapGrid(layerThenMove.shape, values, scale, colours),
      ),
      ...{ alt: sentence, caption: `${sentence}.`, kind: 'pixels' as const },
      scale: { palette: isDifference ? ('diverging' as const) : ('viridis' as const), range: colours.range },
      numbers: [shelf.npy(`equivariance/${name}-${file}.npy`, values, layerThenMove.shape)],
    };
  });
  return [pictures(...(await Promise.all(shown)))];
}

function verdictText({ layers }: EquivarianceReport, placement: Placement): string {
  const verdict = verdictOf(layers, placement);
  switch (verdict.kind) {
    case 'still':
      return 'The image is not moved.';
    case 'holds':
      return 'Every layer is equivariant here: moving the image first or the maps afterwards gives the same, to the rounding.';
    case 'unseen':
      return 'No cell of any layer is free of the borders: the image is too small, or it is moved too far.';
    case 'broken':
      return 'The maps hold values that are not numbers: the weights are broken.';
    case 'borders':
      return `Inside the image every layer is equivariant. At the borders it breaks, at ${verdict.layer} first, by ${formatPercent(verdict.error, 2)} over all its cells.`;
    case 'stride':
      return `${verdict.layer} breaks it, by ${formatPercent(verdict.error, 2)} inside the image: one of its cells is ${formatShape(verdict.stride)} pixels (down × to the right), and the shift is no whole number of them.`;
    case 'notPromised':
      return `Turning and scaling are not promised by convolutions: already at ${verdict.first} the two ways are ${formatPercent(verdict.error, 2)} apart inside the image.`;
  }
}
