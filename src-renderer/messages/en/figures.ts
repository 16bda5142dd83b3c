/** Figures that are taken along. */
export const figures = {
  take: (title: string) => `Take along: ${title}`,
  saveTitle: 'Take the figure along',
  written: (path: string) => `Written to ${path}`,
  group: 'Take along',
  away: (title: string) => `"${title}" is not on the screen now: it is being computed anew.`,
  awayHint: 'Take it along once it is there again.',
  /** Of the axis across a histogram. */
  value: 'value',
  command: (title: string, format: string) => `Take along ${title}: ${format}`,
  /** What stands below a figure's title. */
  about: { network: 'Network', layer: 'Layer', image: 'Image' },
  strip: 'The first maps of all layers',
  mapOf: (map: number, layer: string) => `Map ${map} of ${layer}`,
  sum: 'The sum',
  sumOf: (layer: string, map: number, row: number, column: number) =>
    `The sum behind row ${row}, column ${column} of map ${map} of ${layer}`,
  sumOfUnit: (layer: string, unit: number) => `The sum behind unit ${unit} of ${layer}`,
  kernelsOf: (layer: string) => `Kernels of ${layer}`,
  stepsAndChannels: 'Down: channels; to the right: recorded steps',
  upAndRight: (from: string, to: string) => `Upwards: values from ${from} to ${to}; to the right: recorded steps`,
  histograms: 'How the numbers are spread',
  stepsOf: (tensor: string) => `${tensor} at every recorded step`,
  windowOf: (kernel: string, strides: string) => `Window ${kernel} cells, stride ${strides}`,
  filterOf: (filter: number, channel: number) => `Filter ${filter}, input channel ${channel}`,
  overlaid: 'Laid over the image',
  alone: 'By itself',
  pooledOf: (channel: number) => `Pooled by every method, channel ${channel}`,
  movedOf: (channel: number) => `Moving the image against moving the maps, channel ${channel}`,
  equivariance: 'Moving the image against moving the maps, every layer',
  formats: {
    png: { label: 'Picture as PNG…', hint: 'Pixels, on white, with title and scale.' },
    svg: { label: 'Picture as SVG…', hint: 'The drawing, sharp at any size.' },
    csv: { label: 'Numbers as CSV…', hint: 'A table with all digits, for a spreadsheet.' },
    npy: { label: 'Numbers as NPY…', hint: 'Arrays for NumPy; several in one .npz.' },
  },
};
