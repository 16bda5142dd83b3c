/** Which pixels speak for a class. */
import { patchStarts, usualPatch } from '../../../shared/inspect/attribution.ts';
import type { Attribution, Patch } from '../../../shared/inspect/attribution.ts';
import { layersInUse } from '../../../shared/network/index.ts';
import { formatCount, formatPercent, formatShape, formatValue } from '../../../shared/numbers.ts';
import { gradCam, integratedGradients, occlusion } from '../attribution.ts';
import { mapGrid, paintTiles, rgbOf } from '../map-image.ts';
import type { Colours, RgbImage } from '../map-image.ts';
import { around0, diverging, rangeOf, viridis } from '../../../shared/colors.ts';
import { affordable } from './context.ts';
import type { NetworkSection, ReportContext } from './context.ts';
import { note, pictures, text, warning } from './page.ts';
import type { Block } from './page.ts';

const folder = 'why';
/** The heat's share of the colour where it lies over the image. */
const strength = 0.6;

export const whySection: NetworkSection = async (context) => {
  const { model, network, pixels, classes, classIndex, signal, macs } = context;
  const use = async <T>(work: (m: typeof model, n: typeof network) => T) => work(model, network);
  const question = { pixels, classIndex };
  const silent = { signal, progress: () => undefined };
  const name = classes[classIndex]!;
  const inUse = layersInUse(network);
  const layer = network.layers.findLast(
    (one) => inUse.has(one.name) && context.activations.output(one.name).shape.length === 3,
  );
  const patch = patchWithin(network.input.size, affordable(macs, 49, 256));
  const steps = affordable(3 * macs, 16, 64);
  const covered = await occlusion(use, question, { patch, fill: 'grey' }, { ...silent, onHeat: () => undefined });
  const integrated = await integratedGradients(use, question, { baseline: 'black', steps }, silent);
  const { completeness } = integrated;
  return {
    id: 'why',
    title: `Why ${name}`,
    blocks: [
      text(
        `Which pixels speak for ${name}: its logit is ${formatValue(covered.logit)}, its probability ${formatPercent(covered.probability)}.`,
      ),
      ...(layer
        ? await shown(context, await gradCam(use, question, layer.name), {
            name: 'grad-cam',
            title: 'Grad-CAM',
            how: `The maps of ${layer.name}, each weighted by how much the logit rises with it on average; what speaks against the class is cut off (Selvaraju et al. 2017).`,
          })
        : [note('No layer of this network gives maps, so Grad-CAM has nothing to weigh.')]),
      ...(await shown(context, covered, {
        name: 'occlusion',
        title: 'Occlusion',
        how: `How far the probability falls while a grey patch of ${formatShape([patch.size, patch.size])} pixels, moved in steps of ${patch.stride} pixels, covers a part of the image (Zeiler and Fergus 2014). Red: the class needs it. Blue: the class is likelier without it.`,
      })),
      ...(await shown(context, integrated, {
        name: 'integrated-gradients',
        title: 'Integrated gradients',
        how: `The logit’s gradient, meaned on the way from a black image to this one in ${formatCount(steps)} steps, times the difference of the two (Sundararajan et al. 2017). Red speaks for the class, blue against it. All pixels together: ${formatValue(completeness!.sum)}; the logit differs from the black image’s by ${formatValue(completeness!.difference)}.`,
      })),
    ],
  };
};

/** The usual patch, moved in larger steps where it would be laid down too often. */
function patchWithin([height, width]: readonly [number, number], most: number): Patch {
  const patch = usualPatch(height, width);
  const places = ({ size, stride }: Patch) =>
    patchStarts(height, { size, stride }).length * patchStarts(width, { size, stride }).length;
  while (places(patch) > most && patch.stride < patch.size) patch.stride++;
  while (places(patch) > most) patch.size = ++patch.stride;
  return patch;
}

interface Method {
  name: string;
  title: string;
  how: string;
}

async function shown(context: ReportContext, attribution: Attribution, { name, title, how }: Method): Promise<Block[]> {
  const { shelf } = context;
  const { heat, height, width } = attribution;
  if (heat.every((value) => Number.isNaN(value))) {
    return [warning(`${title}: the weights hold values that are not numbers, so no pixel can be said to count.`)];
  }
  const isOneSided = attribution.method === 'gradCam';
  const colours = isOneSided
    ? { palette: viridis, range: { min: 0, max: rangeOf(heat).max } }
    : { palette: diverging, range: around0(heat) };
  const unit = attribution.method === 'occlusion' ? 'change of the probability, 0 to 1' : 'logit';
  const scale = Math.max(1, Math.floor(256 / Math.max(height, width)));
  const base = `${folder}/${name}`;
  const nothing = heat.every((value) => value === 0);
  return [
    pictures(
      {
        file: await shelf.picture(`${base}-overlay.png`, overlaid(context, heat, colours, scale)),
        alt: `${title}, laid over the image`,
        caption: `${title}, laid over the image. ${how}`,
        kind: 'pixels',
      },
      {
        file: await shelf.picture(`${base}.png`, mapGrid([height, width, 1], heat, scale, colours)),
        alt: `${title} alone`,
        caption: `${title} alone (${unit}).`,
        kind: 'pixels',
        scale: { palette: isOneSided ? 'viridis' : 'diverging', range: colours.range },
        numbers: [shelf.npy(`${base}.npy`, heat, [height, width])],
      },
    ),
    ...(nothing ? [note(`${title}: nothing speaks for this class here, every pixel counts 0.`)] : []),
  ];
}

function overlaid({ network, pixels }: ReportContext, heat: Float32Array, colours: Colours, scale: number): RgbImage {
  const { size, channels } = network.input;
  return paintTiles({ count: 1, columns: 1, size }, scale, (_, cell, painted, at) => {
    const colour = rgbOf(heat[cell]!, colours);
    for (let channel = 0; channel < 3; channel++) {
      const own = pixels[cell * channels + (channels === 1 ? 0 : channel)]!;
      painted[at + channel] = Math.round(strength * colour[channel]! + (1 - strength) * own);
    }
  });
}
