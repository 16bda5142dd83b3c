/** Layers without weights that change height and width: upsampling, zeros laid around, borders cut off. */
import type { LayerOf } from '../../../shared/network/spec.ts';
import { attr, float } from '../builder.ts';
import { mapsInput } from './layer.ts';
import type { BuiltLayer, LayerContext, Tensor } from './layer.ts';
import { pad, unpad } from './window.ts';

/** Cell o stands at (o + 1/2) / n - 1/2 of the input, as in Keras 3: the nearest cell, or the two around it in proportion. */
export function upSampling2d(context: LayerContext, layer: LayerOf<'upSampling2d'>, inputs: Tensor[]): BuiltLayer {
  const { graph, outputShape } = context;
  const { name: x, shape } = mapsInput(inputs); // [batch, height, width, channels]
  const [height, width] = outputShape;
  const attributes = { T: float, align_corners: attr.bool(false), half_pixel_centers: attr.bool(true) };
  const bilinear = layer.interpolation === 'bilinear';
  const op = bilinear ? 'ResizeBilinear' : 'ResizeNearestNeighbor';
  // The nearest cell's gradient takes the size it leads to, the bilinear one the input itself.
  const original = bilinear ? x : graph.ints([shape[0], shape[1]]);
  return {
    output: graph.node(op, [x, graph.ints([height, width as number])], attributes),
    backward: (gradient) => ({ inputs: [graph.node(`${op}Grad`, [gradient, original], attributes)] }),
  };
}

export function zeroPadding2d(context: LayerContext, layer: LayerOf<'zeroPadding2d'>, inputs: Tensor[]): BuiltLayer {
  const { graph } = context;
  const input = mapsInput(inputs);
  return {
    output: pad(graph, input, layer.padding),
    backward: (gradient) => ({ inputs: [unpad(graph, gradient, input, layer.padding)] }),
  };
}

/** The backward of cutting off is laying zeros around. */
export function cropping2d(context: LayerContext, layer: LayerOf<'cropping2d'>, inputs: Tensor[]): BuiltLayer {
  const { graph, outputShape } = context;
  const input = mapsInput(inputs);
  const inside = { name: input.name, shape: outputShape as [number, number, number] };
  return {
    output: unpad(graph, input.name, inside, layer.cropping),
    backward: (gradient) => ({ inputs: [pad(graph, { ...inside, name: gradient }, layer.cropping)] }),
  };
}
