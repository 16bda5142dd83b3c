/** The sum being made: how one number of a feature map comes about. */
export const sum = {
  map: 'Map',
  unit: 'Unit',
  row: 'Row',
  column: 'Column',
  colors: ['Red', 'Green', 'Blue'],
  mapOf: (maps: string, layer: string) => `of ${maps} in ${layer}`,
  back: 'One cell back',
  on: 'One cell on',
  play: 'Slide over the image',
  pause: 'Stop sliding',
  speed: 'Speed',
  speedValue: (cells: number) => `${cells} cells per second`,
  kernel: 'Kernel',
  kernels: { own: 'The kernel of the network', symmetric: 'Its symmetric part' },
  operation: 'Operation',
  operations: {
    correlation: 'Cross-correlation, as the layer does',
    convolution: 'Convolution, kernel turned by 180°',
  },
  slides: (kernel: string, strides: string, padding: string, dilation: string) =>
    `${kernel} kernel · stride ${strides} · ${padding} · dilation ${dilation}`,
  made: {
    separableConv2d:
      'Two kernels in one: each number is the depthwise kernel of its channel times the pointwise weight of this map, added up over the channel’s depthwise maps.',
    conv2dTranspose:
      'A transposed convolution lays zeros between the cells of its input; its kernel, turned by 180° as it is shown here, slides over them cell by cell.',
  } as Partial<Record<string, string>>,
  noPadding: 'no padding',
  padded: (top: number, bottom: number, left: number, right: number) =>
    `padding ${top} above, ${bottom} below, ${left} left, ${right} right`,

  input: (source: string, channel: string) => `Input: ${source}, ${channel.toLowerCase()}`,
  theImage: 'the image',
  output: (layer: string, map: number) => `Output: ${layer}, map ${map}`,
  madeOf: (map: number, [row, column]: readonly [number, number]) =>
    `What row ${row}, column ${column} of map ${map} is made of`,
  pick: 'Click a cell of the output to see its sum.',
  patch: 'Input patch',
  weights: 'Kernel',
  weightsTurned: 'Kernel, turned',
  product: 'Product, cell by cell',
  together: (sum: string) => `added up: ${sum}`,

  /** What is added up: channels, or a dense layer's inputs. */
  terms: {
    channel: {
      one: 'Channel',
      name: (channel: number) => `Channel ${channel}`,
      title: 'What each channel gives to the sum',
      others: (count: string, sum: string) => `${count} more channels, together ${sum}`,
      together: (count: string) => (count === '1' ? 'The channel' : `All ${count} channels`),
    },
    input: {
      one: 'Input',
      name: (input: number) => `Input ${input}`,
      title: 'What each input gives to the sum',
      others: (count: string, sum: string) => `${count} more inputs, together ${sum}`,
      together: (count: string) => (count === '1' ? 'The input' : `All ${count} inputs`),
    },
  },
  termSum: (name: string, sum: string) => `${name}: ${sum}`,
  sumTitle: 'The sum',
  step: 'Step',
  formula: 'Formula',
  value: 'Value',
  differs: 'Difference',
  bias: 'Bias',
  noBias: 'no bias',
  total: 'Sum',
  engine: 'The engine has',
  difference: (value: string) => `difference ${value}`,
  notCompared: 'The engine is not asked for another kernel: nothing to compare with.',
  normalisations: {
    batchNorm: (layer: string) => `Batch norm ${layer}`,
    layerNorm: (layer: string) => `Layer norm ${layer}, over the channels of this cell`,
    groupNorm: (layer: string) => `Group norm ${layer}, over the cells of this map's group`,
  },
  normalisationFormula: (gamma: string, x: string, mean: string, variance: string, epsilon: string, beta: string) =>
    `${gamma} × (${x} − ${mean}) / √(${variance} + ${epsilon}) + ${beta}`,
  activation: (layer: string) => `Activation ${layer}`,
  activationFormula: (name: string, x: string) => `${name}(${x})`,
  logit: 'A logit: softmax makes probabilities of these over all classes.',
  nothingAfter: 'Several layers, or one of another kind, use this value as it is.',

  turnedTitle: 'Convolution and cross-correlation',
  turnedIntro:
    'A layer lays its kernel on the input as it is: a cross-correlation. The convolution of mathematics turns the kernel by 180° first.',
  correlationMap: 'Cross-correlation',
  convolutionMap: 'Convolution',
  differenceMap: 'Difference',
  largest: (value: string) => `Largest difference: ${value}.`,
  equal: 'A symmetric kernel is its own turned one: both are the same.',
  different: 'The kernel is not symmetric: both differ.',
  commutes: (channel: string) => `Over all places where picture and kernel overlap (${channel}, its middle):`,
  convolutionCommutes: (value: string) => `Convolution commutes: x * w and w * x differ by ${value} at most.`,
  correlationTurns: (value: string, back: string) =>
    `Cross-correlation does not: the two ways round differ by ${value} at most. Turned by 180°, they differ by ${back}.`,
  learned: (value: string) =>
    `A network that learns its kernels does not care: one that convolves would learn this kernel turned, and with that its maps differ from these by ${value} at most.`,
  tooLarge: 'The layer is too large to compute the whole map twice here.',
  notFinite: 'Some of these numbers are not finite: the weights are broken, and so is the sum.',
  dense: (units: string) =>
    `A dense layer: every one of ${units} inputs has a weight of its own; there is nothing to slide.`,
};
