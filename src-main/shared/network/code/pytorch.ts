/** The network as Python code for PyTorch: a module with the same layers' names and the same number of parameters. */
import { channelCount, resolvePadding, transposedCut, windowOf } from '../shapes.ts';
import { leakyReluSlope } from '../spec.ts';
import type { LayerOf, Network, Pair, Sides } from '../spec.ts';
import { flag, stepsOf, tuple } from './python.ts';
import type { Step } from './python.ts';

/** One layer: the module it has, if it has one, and the expression that applies it. */
interface Part {
  module?: string;
  apply: string;
}

/**
 * Takes float32 pixels 0 to 255, [batch, channels, height, width], to logits [batch, classes]. Maps lie channels first, as
 * PyTorch has them: a dense layer on flattened maps sees their numbers in another order.
 * @throws ReceptiveError 'invalid-network' for a network that does not work.
 */
export function pytorchCode(network: Network, classes: number): string {
  const steps = stepsOf(network, classes);
  const parts = steps.map((step) => ({ step, part: partOf(step) }));
  const modules = parts.flatMap(({ step, part }) => (part.module ? [`self.${step.name} = ${part.module}`] : []));
  const lines = parts.map(({ step, part }) => `${step.name} = ${part.apply}`);
  const uses = (what: string): boolean => [...modules, ...lines].some((line) => line.includes(what));
  return [
    '"""Written by Receptive, for PyTorch 2."""',
    '',
    'import torch',
    ...(uses('F.') ? ['import torch.nn.functional as F'] : []),
    'from torch import nn',
    ...(uses('ChannelNorm(') ? ['', '', ...channelNorm] : []),
    '',
    '',
    'class Network(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    ...modules.map((line) => `        ${line}`),
    '',
    '    def forward(self, pixels):',
    '        x = pixels / 255',
    ...lines.map((line) => `        ${line}`),
    `        return ${steps.at(-1)!.name}`,
    '',
    '',
    'if __name__ == "__main__":',
    '    network = Network()',
    '    print(network)',
    '    print(sum(p.numel() for p in network.parameters()), "parameters")',
    '',
  ].join('\n');
}

/** Keras' LayerNormalization: over the channels of each cell. */
const channelNorm = [
  'class ChannelNorm(nn.LayerNorm):',
  '    def forward(self, x):',
  '        return super().forward(x.movedim(1, -1)).movedim(-1, 1)',
];

const activations: Record<LayerOf<'activation'>['function'], (x: string) => string> = {
  relu: (x) => `F.relu(${x})`,
  relu6: (x) => `F.relu6(${x})`,
  leakyRelu: (x) => `F.leaky_relu(${x}, ${leakyReluSlope})`,
  elu: (x) => `F.elu(${x})`,
  gelu: (x) => `F.gelu(${x})`,
  silu: (x) => `F.silu(${x})`,
  sigmoid: (x) => `torch.sigmoid(${x})`,
  tanh: (x) => `torch.tanh(${x})`,
  linear: (x) => x,
};

function partOf(step: Step): Part {
  const { layer, name, inputs, inputShape, figures } = step;
  const x = inputs[0]!;
  const channels = channelCount(inputShape);
  const module = (text: string, input = x): Part => ({ module: text, apply: `self.${name}(${input})` });
  switch (layer.kind) {
    case 'conv2d':
      return convolution(step, channels, layer.filters, `groups=1, dilation=${tuple(layer.dilationRate)}`);
    case 'depthwiseConv2d':
      return convolution(step, channels, channels * layer.depthMultiplier, `groups=${channels}`);
    case 'separableConv2d': {
      const between = channels * layer.depthMultiplier;
      const depthwise = convolution(step, channels, between, `groups=${channels}`, false);
      const pointwise = `nn.Conv2d(${between}, ${layer.filters}, 1, bias=${flag(layer.useBias)})`;
      return { ...depthwise, module: `nn.Sequential(${depthwise.module}, ${pointwise})` };
    }
    case 'conv2dTranspose':
      return transposed(step, layer);
    case 'maxPool':
    case 'avgPool':
      return pooling(step, layer);
    case 'upSampling2d': {
      const mode = layer.interpolation === 'nearest' ? 'mode="nearest"' : 'mode="bilinear", align_corners=False';
      return { apply: `F.interpolate(${x}, scale_factor=${tuple(layer.size)}, ${mode})` };
    }
    case 'zeroPadding2d':
      return { apply: padded(x, layer.padding) };
    case 'cropping2d':
      return { apply: padded(x, layer.cropping.map((pair) => pair.map((n) => -n)) as Sides) };
    case 'batchNorm': {
      const kind = inputShape.length === 1 ? 'BatchNorm1d' : 'BatchNorm2d';
      return module(`nn.${kind}(${channels}, eps=${layer.epsilon}, momentum=${rounded(1 - layer.momentum)})`);
    }
    case 'layerNorm':
      return module(`${inputShape.length === 1 ? 'nn.LayerNorm' : 'ChannelNorm'}(${channels}, eps=${layer.epsilon})`);
    case 'groupNorm':
      return module(`nn.GroupNorm(${layer.groups}, ${channels}, eps=${layer.epsilon})`);
    case 'activation':
      return { apply: activations[layer.function](x) };
    case 'globalAvgPool':
      return { apply: `${x}.mean((2, 3))` };
    case 'globalMaxPool':
      return { apply: `${x}.amax((2, 3))` };
    case 'flatten':
      return { apply: `${x}.flatten(1)` };
    case 'dense':
      return module(`nn.Linear(${channels}, ${channelCount(figures.outputShape)}, bias=${flag(layer.useBias)})`);
    case 'dropout':
      return module(`nn.Dropout(${layer.rate})`);
    case 'add':
      return { apply: inputs.join(' + ') };
    case 'concat':
      return { apply: `torch.cat([${inputs.join(', ')}], 1)` };
  }
}

const rounded = (value: number): number => Number(value.toPrecision(12));

/** F.pad takes the last axis first; numbers below 0 cut off. */
function padded(x: string, [[top, bottom], [left, right]]: Sides, value = ''): string {
  return `F.pad(${x}, ${tuple([left, right, top, bottom])}${value})`;
}

const isEven = (zeros: Sides): boolean => zeros.every(([before, after]) => before === after);
const isNothing = (zeros: Sides): boolean => zeros.flat().every((count) => count === 0);
const zerosOf = ({ layer, inputShape }: Step): Sides =>
  resolvePadding(windowOf(layer)!, [inputShape[0], inputShape[1]!] as Pair);

function convolution(step: Step, from: number, to: number, more: string, ownBias?: boolean): Part {
  const layer = step.layer as LayerOf<'conv2d' | 'depthwiseConv2d' | 'separableConv2d'>;
  const zeros = zerosOf(step);
  const padding = isEven(zeros) ? zeros.map(([before]) => before) : [0, 0];
  const bias = ownBias ?? layer.useBias;
  const fields = `${tuple(layer.kernelSize)}, stride=${tuple(layer.strides)}, padding=${tuple(padding)}, ${more}`;
  const input = isEven(zeros) ? step.inputs[0]! : padded(step.inputs[0]!, zeros);
  return { module: `nn.Conv2d(${from}, ${to}, ${fields}, bias=${flag(bias)})`, apply: `self.${step.name}(${input})` };
}

function transposed({ name, inputs, inputShape, figures }: Step, layer: LayerOf<'conv2dTranspose'>): Part {
  const { filters, kernelSize, strides, useBias } = layer;
  // Strides larger than the kernel leave a gap at the end, which Keras keeps.
  const gap = strides.map((stride, axis) =>
    typeof layer.padding === 'string' ? Math.max(stride - kernelSize[axis]!, 0) : 0,
  );
  const fields = `${tuple(kernelSize)}, stride=${tuple(strides)}, output_padding=${tuple(gap)}, bias=${flag(useBias)}`;
  const cut = ([0, 1] as const).map((axis): Pair => {
    const full = (inputShape[axis]! - 1) * strides[axis] + kernelSize[axis] + gap[axis]!;
    const before = transposedCut(layer, axis);
    return [-before, before - (full - figures.outputShape[axis]!)];
  }) as Sides;
  const whole = `self.${name}(${inputs[0]})`;
  const module = `nn.ConvTranspose2d(${channelCount(inputShape)}, ${filters}, ${fields})`;
  return { module, apply: isNothing(cut) ? whole : padded(whole, cut) };
}

/** Padding never wins a maximum and never counts in a mean. */
function pooling(step: Step, layer: LayerOf<'maxPool' | 'avgPool'>): Part {
  const x = step.inputs[0]!;
  const window = `${tuple(layer.poolSize)}, ${tuple(layer.strides ?? layer.poolSize)}`;
  const zeros = zerosOf(step);
  if (layer.kind === 'maxPool') {
    const input = isNothing(zeros) ? x : padded(x, zeros, ', value=float("-inf")');
    return { apply: `F.max_pool2d(${input}, ${window})` };
  }
  if (isNothing(zeros)) return { apply: `F.avg_pool2d(${x}, ${window})` };
  const mean = (of: string): string => `F.avg_pool2d(${padded(of, zeros)}, ${window})`;
  return { apply: `${mean(x)} / ${mean(`torch.ones_like(${x})`)}` };
}
