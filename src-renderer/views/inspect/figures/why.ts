/** Which pixels speak for a class, to take along. */
import { numbered } from '../../../../src-main/shared/figure/numbers.ts';
import type { Attribution } from '../../../../src-main/shared/inspect/attribution.ts';
import type { Params } from '../../../../src-main/shared/protocol.ts';
import type { PixelImage } from '../../../../src-main/shared/pictures.ts';
import type { Figure } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { around0, diverging, rangeOf, viridis, type Palette, type Range } from '../../../../src-main/shared/colors.ts';

const words = text.figures;

/** What speaks against a class has colours of its own, Grad-CAM never does; pixels that no patch has covered have none. */
export function heatColors({ method, heat }: Attribution): { palette: Palette; range: Range; gaps: boolean } {
  if (method === 'gradCam') return { palette: viridis, range: { min: 0, max: rangeOf(heat).max }, gaps: false };
  return { palette: diverging, range: around0(heat), gaps: method === 'occlusion' };
}

/** How the heat was found, for the lines below the title. */
export function howText(how: Params<'explain.class'>['how']): string {
  const { how: ways, fills } = text.explain.why;
  switch (how.method) {
    case 'gradCam':
      return ways.gradCam(how.layer);
    case 'occlusion':
      return ways.occlusion(how.patch, fills[how.fill]);
    case 'integratedGradients':
      return ways.integratedGradients(fills[how.baseline], how.steps);
  }
}

/** The image with the heat laid over it, `strength` from 0 to 1, and the heat alone. */
export function heatFigure(
  title: string,
  image: PixelImage,
  attribution: Attribution,
  { strength, notes }: { strength: number; notes: readonly string[] },
): Figure {
  const { method, heat, height, width } = attribution;
  const measure = text.explain.why.measures[method];
  const colors = { ...heatColors(attribution), measure };
  return {
    title,
    notes,
    panels: [
      { title: words.overlaid, picture: { kind: 'pixels', image, over: { values: heat, strength, ...colors } } },
      { title: words.alone, picture: { kind: 'map', values: heat, size: [height, width], ...colors } },
    ],
    numbers: [{ name: 'value', axes: [numbered('row', height), numbered('column', width)], values: heat }],
  };
}
