/** The gradients of a convolution as convolutions, computed both ways. */
import { dilate, pad, surround, turn } from '../../../shared/inspect/convolution-gradients.ts';
import type { BothWays, Plane } from '../../../shared/inspect/convolution-gradients.ts';
import { layersInUse } from '../../../shared/network/index.ts';
import { formatCount, formatShape, formatValue } from '../../../shared/numbers.ts';
import { convolutionGradients } from '../convolution-gradients.ts';
import { mapGrid } from '../map-image.ts';
import { around0, diverging } from '../../../shared/colors.ts';
import type { LayerSection } from './context.ts';
import { note, pictures, text, warning } from './page.ts';
import type { Block, Picture } from './page.ts';

/** More than this apart, relative to the largest value, and the two ways are said to differ. */
const most = 1e-4;

export const gradientSection: LayerSection = async (context, { spec, folder, id }) => {
  if (spec.kind !== 'conv2d') return null;
  const { model, network, pixels, classIndex, shelf } = context;
  const part = (blocks: readonly Block[]) => ({ id: `${id}-gradients`, title: 'Gradients as convolutions', blocks });
  if (!layersInUse(network).has(spec.name)) {
    return part([note('The layer does not reach the output: the loss does not depend on it.')]);
  }
  const found = convolutionGradients(model, network, pixels, {
    ...{ layer: spec.name, filter: 0, channel: 0, target: classIndex },
  });
  const turned = turn(dilate(found.kernel, found.dilation));
  const { height, width } = found.input;

  const picture = async (name: string, caption: string, { values, ...plane }: Plane): Promise<Picture> => {
    const range = around0(values);
    const scale = Math.max(1, Math.min(24, Math.floor(160 / Math.max(plane.height, plane.width))));
    const base = `${folder}/gradient-${name}`;
    return {
      file: await shelf.picture(
        `${base}.png`,
        mapGrid([plane.height, plane.width, 1], values, scale, { palette: diverging, range }),
      ),
      ...{ alt: caption, caption: `${caption}, ${formatShape([plane.height, plane.width])} cells.`, kind: 'pixels' },
      scale: { palette: 'diverging', range },
      numbers: [shelf.npy(`${base}.npy`, values, [plane.height, plane.width])],
    };
  };
  const verdict = ({ difference }: BothWays): Block => {
    if (Number.isNaN(difference)) return warning('The gradients are not numbers: the weights are broken.');
    const measured = `Largest difference between the two ways: ${formatValue(difference)} of the largest value, over ${formatCount(found.checked)} of ${formatCount(found.channels)} input channels and ${formatCount(found.filters)} filters.`;
    return difference < most
      ? text(`${measured} They agree.`)
      : warning(`${measured} They differ by more than ${most}.`);
  };
  return part([
    text(
      `Of filter 0 and input channel 0. dL/dW is the cross-correlation of the padded input with delta, the gradient by the filter’s output, dilated by the strides ${formatShape(found.strides)}; the window moves in steps of the dilation ${formatShape(found.dilation)}.`,
    ),
    pictures(
      await picture('padded', 'Input, padded', pad(found.input, found.padding)),
      await picture('delta', 'Delta, dilated', dilate(found.delta, found.strides)),
      await picture('dw-engine', 'dL/dW, back-propagated', found.kernelGradient.engine),
      await picture('dw', 'dL/dW as a cross-correlation', found.kernelGradient.convolution),
    ),
    verdict(found.kernelGradient),
    text(
      'dL/dx is the full convolution of delta, dilated and surrounded by zeros, with the kernel: the cross-correlation with the kernel turned by 180°, summed over all filters.',
    ),
    pictures(
      await picture('surrounded', 'Delta, dilated, in zeros', surround(found.delta, turned, [height, width], found)),
      await picture('turned', 'Kernel, turned by 180°', turned),
      await picture('dx-engine', 'dL/dx, back-propagated', found.inputGradient.engine),
      await picture('dx', 'dL/dx as a full convolution', found.inputGradient.convolution),
    ),
    verdict(found.inputGradient),
  ]);
};
