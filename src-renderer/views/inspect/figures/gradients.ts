/** A gradient as a convolution, to take along. */
import type { BothWays, Plane } from '../../../../src-main/shared/inspect/convolution-gradients.ts';
import { channelsFigure, type ChannelPicture } from '../../../figures/build.ts';
import type { Figure } from '../../../figures/figure.ts';
import { text } from '../../../messages/index.ts';
import { around0, diverging } from '../../../../src-main/shared/colors.ts';

const words = text.explain.gradients;

export interface NamedPlane {
  name: string;
  plane: Plane;
}

/** image ⋆ template = gradient ≈ what back-propagation made, each under a scale of its own. */
export const equationPictures = (image: NamedPlane, template: NamedPlane, ways: BothWays): ChannelPicture[] =>
  [
    image,
    template,
    { name: words.byConvolution, plane: ways.convolution },
    { name: words.byEngine, plane: ways.engine },
  ].map(({ name, plane: { height, width, values } }) => ({
    name,
    values,
    shape: [height, width, 1],
    channel: 0,
    range: around0(values),
    palette: diverging,
  }));

/** What stands before each of them. */
export const equationSigns = ['', '⋆', '=', '≈'] as const;

export function equationFigure(title: string, pictures: readonly ChannelPicture[], notes: readonly string[]): Figure {
  const figure = channelsFigure(title, pictures);
  return { ...figure, notes, panels: figure.panels.map((panel, at) => ({ ...panel, sign: equationSigns[at] ?? '' })) };
}
