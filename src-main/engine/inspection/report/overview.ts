/** What was looked into, and what the network makes of the image. */
import type { LayerActivation } from '../../../shared/inspection.ts';
import { formatCount, formatPercent, formatShape, formatValue } from '../../../shared/numbers.ts';
import { topPredictions } from '../../evaluation/classify.ts';
import type { RgbImage } from '../map-image.ts';
import { paintTiles } from '../map-image.ts';
import type { ReportContext, ReportLayer } from './context.ts';
import { note, pictures, text, warning } from './page.ts';
import type { Block } from './page.ts';

const predictions = 10;

/** What the page begins with; `path` is the image's, as it was given. */
export async function overview(
  context: ReportContext,
  { run, image, weights, notes }: { run: string; image: string; weights: string; notes: readonly string[] },
): Promise<Block[]> {
  const { network, classes, pixels, activations, shelf, classIndex } = context;
  const { size, channels } = network.input;
  const found = topPredictions(activations.probabilities, [...classes], predictions);
  const isBroken = activations.probabilities.some((value) => !Number.isFinite(value));
  const axes = [{ name: 'class', length: classes.length, labels: classes }];
  return [
    text(`The run ${run}, with the weights of ${weights}, looking at ${image}.`),
    ...(isBroken
      ? [warning('The probabilities are not numbers: the weights are broken.')]
      : [text(`It takes the image for ${found[0]!.class} (${formatPercent(found[0]!.probability)}).`)]),
    text(`What is explained, and what the loss is against: ${classes[classIndex]!}.`),
    pictures({
      file: await shelf.picture('input.png', asPicture(pixels, size, channels)),
      alt: `${image} as the network is given it`,
      caption: `The image as the network is given it: ${formatShape([...size, channels])} (height × width × channels), 0 to 255.`,
      kind: 'pixels',
      numbers: [shelf.npy('input.npy', pixels, [...size, channels])],
    }),
    {
      kind: 'table',
      caption: `Probabilities of ${classes.length > predictions ? `the ${predictions} likeliest of ${formatCount(classes.length)}` : 'all'} classes`,
      columns: ['Class', 'Probability'],
      rows: found.map((one) => [one.class, formatPercent(one.probability)]),
      numbers: [shelf.csv('probabilities.csv', [{ name: 'probability', axes, values: activations.probabilities }])],
    },
    ...notes.map(note),
  ];
}

/** Pixels 0 to 255, [height, width, channels], so large that they can be looked at. */
export function asPicture(pixels: Uint8Array, size: readonly [number, number], channels: number): RgbImage {
  const scale = Math.max(1, Math.floor(256 / Math.max(...size)));
  return paintTiles({ count: 1, columns: 1, size }, scale, (_, cell, painted, at) => {
    for (let channel = 0; channel < 3; channel++) {
      painted[at + channel] = pixels[cell * channels + (channels === 1 ? 0 : channel)]!;
    }
  });
}

/** Every layer in a row, with figures of all its values together. */
export function layerTable(
  { shelf }: ReportContext,
  layers: readonly ReportLayer[],
  activations: readonly Omit<LayerActivation, 'values'>[],
): Block {
  const axes = [{ name: 'layer', length: layers.length, labels: layers.map(({ spec }) => spec.name) }];
  const figures = ['mean', 'std', 'min', 'max', 'zeros'] as const;
  const numbers = figures.map((name) => ({
    name,
    axes,
    values: Float64Array.from(activations, (layer) => layer[name]),
  }));
  return {
    kind: 'table',
    caption: 'Every layer: its output for this image',
    columns: ['Layer', 'Kind', 'Shape', 'Parameters', 'Mean', 'Standard deviation', 'Least', 'Largest', 'Exact zeros'],
    rows: layers.map(({ spec, description }, at) => {
      const { shape, mean, std, min, max, zeros } = activations[at]!;
      return [
        spec.name,
        spec.kind,
        formatShape(shape),
        formatCount(description.params),
        ...[mean, std, min, max].map(formatValue),
        formatPercent(zeros),
      ];
    }),
    numbers: [shelf.csv('layers.csv', numbers)],
  };
}
