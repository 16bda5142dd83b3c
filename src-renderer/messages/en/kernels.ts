/** The kernels of a layer as pictures, with their lengths, their likeness and what training made of them. */
export const kernels = {
  facts: (count: string, size: string, channels: string) =>
    `${count} kernels of ${size} cells and ${channels} ${channels === '1' ? 'channel' : 'channels'}`,
  denseFacts: (units: string, weights: string) =>
    `${units} units; the kernel of each is its ${weights} ${weights === '1' ? 'weight' : 'weights'}, a cell for every input`,
  scale: 'Colour scale of the weights',
  weight: 'Weights',
  weights: { kernel: 'Kernels', depthwiseKernel: 'Depthwise kernels', pointwiseKernel: 'Pointwise kernels' } as Record<
    string,
    string
  >,
  picture: 'Shown of each kernel',
  inColour: 'All three channels, in colour',
  allChannels: 'All channels, one cell each',
  colourNote: 'In colour: grey is 0, brighter red, green or blue is a larger weight on that channel.',
  channel: (channel: number) => `Channel ${channel}`,
  order: 'Order of the kernels',
  orders: { number: 'In order', norm: 'Longest first', change: 'Most changed first' },
  against: 'Compare with',
  nothing: 'Nothing',
  weightsOf: { last: 'The newest weights', best: 'The best epoch', start: 'The start of training' },
  kernel: (number: number) => `Kernel ${number}`,
  norm: (value: string) => `length ${value}`,
  change: (value: string) => `changed ${value}`,
  chosen: (number: number) => `Kernel ${number}, channel by channel`,
  before: 'as it was',
  difference: 'change',
  firstChannels: (shown: string, all: string) => `The first ${shown} of ${all} channels.`,
  part: (from: string, to: string, all: string) => `Kernels ${from} to ${to} of ${all}`,
  earlier: 'Earlier kernels',
  later: 'Later kernels',
  similarityTitle: 'How alike they are',
  similarityNote: (count: string) =>
    `The cosine between each two of ${count} kernels: 1 the same direction, 0 nothing in common, −1 opposite. Kernels that are nearly the same do the same work twice.`,
  similarityLabel: 'Cosines between kernels, a row and a column each',
  pair: (a: number, b: number, cosine: string) => `Kernels ${a} and ${b}: cosine ${cosine}`,
  nearest: 'Most alike or opposite',
  broken: 'Some weights are not numbers or infinite.',
};
