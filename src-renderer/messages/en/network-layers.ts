/** What the kinds of layers and their fields are called, each with one plain sentence. */
import type { LayerKind } from '../../../src-main/shared/network/spec.ts';

/** `short` is for the graph, where room is scarce. */
export const kinds: Record<LayerKind, { label: string; short: string; sentence: string }> = {
  conv2d: {
    label: 'Convolution',
    short: 'Conv',
    sentence: 'Slides small learned windows over the maps; each filter looks at all channels and gives one map.',
  },
  depthwiseConv2d: {
    label: 'Depthwise convolution',
    short: 'Depthwise conv',
    sentence: 'Slides a learned window over each channel on its own; channels do not mix.',
  },
  separableConv2d: {
    label: 'Separable convolution',
    short: 'Separable conv',
    sentence:
      'A depthwise convolution and a 1 × 1 convolution that mixes its channels: nearly the same job, far cheaper.',
  },
  conv2dTranspose: {
    label: 'Transposed convolution',
    short: 'Transposed conv',
    sentence: 'Lays a learned window over the output for every cell of the input; with strides the map grows.',
  },
  upSampling2d: {
    label: 'Upsampling',
    short: 'Upsampling',
    sentence: 'Makes the map larger by repeating cells, or by sliding between them.',
  },
  zeroPadding2d: { label: 'Zero padding', short: 'Zero padding', sentence: 'Lays zeros around the map.' },
  cropping2d: { label: 'Cropping', short: 'Cropping', sentence: 'Cuts cells off the sides of the map.' },
  batchNorm: {
    label: 'Batch norm',
    short: 'Batch norm',
    sentence: 'Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it as learned.',
  },
  layerNorm: {
    label: 'Layer norm',
    short: 'Layer norm',
    sentence: 'Brings the channels of each cell to mean 0 and variance 1, image by image, whatever the batch.',
  },
  groupNorm: {
    label: 'Group norm',
    short: 'Group norm',
    sentence: 'Brings each group of channels to mean 0 and variance 1, image by image, whatever the batch.',
  },
  activation: {
    label: 'Activation',
    short: 'Activation',
    sentence: 'Bends every value with the same curve; without it layers would collapse into one.',
  },
  maxPool: {
    label: 'Max pooling',
    short: 'Max pool',
    sentence: 'Keeps the largest value of each window, channel by channel.',
  },
  avgPool: {
    label: 'Average pooling',
    short: 'Average pool',
    sentence: 'Keeps the mean of each window, channel by channel.',
  },
  globalAvgPool: {
    label: 'Global average pooling',
    short: 'Global average',
    sentence: 'Turns each map into one number: its mean.',
  },
  globalMaxPool: {
    label: 'Global max pooling',
    short: 'Global max',
    sentence: 'Turns each map into one number: its largest value.',
  },
  flatten: { label: 'Flatten', short: 'Flatten', sentence: 'Lays all cells of all maps in one row.' },
  dense: { label: 'Dense', short: 'Dense', sentence: 'Every output is a weighted sum of all inputs.' },
  dropout: {
    label: 'Dropout',
    short: 'Dropout',
    sentence: 'While training, sets a random share of values to 0 so that none is relied on alone.',
  },
  add: { label: 'Add', short: 'Add', sentence: 'Adds maps of the same shape, cell by cell; makes shortcuts.' },
  concat: {
    label: 'Concatenate',
    short: 'Concatenate',
    sentence: 'Stacks the channels of maps that have the same height and width.',
  },
};

export const fields: Record<string, { label: string; sentence: string; unit?: string }> = {
  filters: { label: 'Filters', sentence: 'How many maps the layer gives.', unit: 'maps' },
  kernelSize: { label: 'Kernel size', sentence: 'Height and width of the window that is learned.', unit: 'cells' },
  poolSize: { label: 'Window', sentence: 'Height and width of the area that becomes one cell.', unit: 'cells' },
  strides: { label: 'Strides', sentence: 'How far the window moves down and right; 2 halves the map.', unit: 'cells' },
  padding: { label: 'Padding', sentence: 'What is put around the map so that the window can reach its edge.' },
  dilationRate: {
    label: 'Dilation',
    sentence: 'Distance between the cells that the window looks at; 1 has no gaps.',
    unit: 'cells',
  },
  useBias: { label: 'Bias', sentence: 'Adds one learned number to each output. Not needed right before batch norm.' },
  depthMultiplier: { label: 'Maps per channel', sentence: 'How many maps each input channel gives.', unit: 'maps' },
  size: { label: 'Factor', sentence: 'How many times as high and wide the map becomes.', unit: 'times' },
  interpolation: { label: 'Between cells', sentence: 'Nearest repeats cells; bilinear slides from one to the next.' },
  cropping: { label: 'Cut off', sentence: 'How much goes at each side.', unit: 'cells' },
  groups: {
    label: 'Groups',
    sentence: 'How many groups the channels are split into; it must divide them evenly.',
    unit: 'groups',
  },
  momentum: {
    label: 'Momentum',
    sentence: 'How slowly the running mean and variance follow the batches; 0.9 arrives within some dozens of steps.',
  },
  epsilon: { label: 'Epsilon', sentence: 'Added to the variance so that it never divides by 0.' },
  function: { label: 'Function', sentence: 'The curve every value goes through.' },
  units: {
    label: 'Units',
    sentence: 'How many numbers the layer gives. The last layer needs one for each class.',
    unit: 'numbers',
  },
  rate: { label: 'Rate', sentence: 'Share of values that are set to 0 while training.' },
};
