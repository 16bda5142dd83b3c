/** Multiply-accumulates of a layer, counted one by one as plain loops would do them (zeros of the padding included). */
import type { Layer, Shape } from '../../src-main/shared/network/spec.ts';

export function countMultiplyAccumulates(layer: Layer, input: Shape, output: Shape): number {
  let count = 0;
  const channels = input.at(-1)!;
  const loop = (times: number, body: () => void): void => {
    for (let i = 0; i < times; i++) body();
  };
  if (layer.kind === 'dense') loop(output[0], () => loop(input[0], () => count++));
  if (layer.kind === 'conv2d' || layer.kind === 'depthwiseConv2d') {
    const seen = layer.kind === 'conv2d' ? channels : 1;
    const [height, width, filters] = output as [number, number, number];
    const kernel = (): void =>
      loop(layer.kernelSize[0], () => loop(layer.kernelSize[1], () => loop(seen, () => count++)));
    loop(height, () => loop(width, () => loop(filters, kernel)));
  }
  if (layer.kind === 'separableConv2d') {
    const [height, width, filters] = output as [number, number, number];
    const depthwise = channels * layer.depthMultiplier;
    const cell = (): void => {
      loop(depthwise, () => loop(layer.kernelSize[0], () => loop(layer.kernelSize[1], () => count++)));
      loop(depthwise, () => loop(filters, () => count++));
    };
    loop(height, () => loop(width, cell));
  }
  if (layer.kind === 'conv2dTranspose') {
    const [height, width] = input as [number, number, number];
    const spread = (): void =>
      loop(layer.kernelSize[0], () => loop(layer.kernelSize[1], () => loop(layer.filters, () => count++)));
    loop(height, () => loop(width, () => loop(channels, spread)));
  }
  return count;
}
