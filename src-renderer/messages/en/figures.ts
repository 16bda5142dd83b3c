/** Figures that are taken along. */
export const figures = {
  take: (title: string) => `Take along: ${title}`,
  saveTitle: 'Take the figure along',
  written: (path: string) => `Written to ${path}`,
  group: 'Take along',
  command: (title: string, format: string) => `Take along ${title}: ${format}`,
  /** What stands below a figure's title. */
  about: { network: 'Network', layer: 'Layer', image: 'Image' },
  formats: {
    png: { label: 'Picture as PNG…', hint: 'Pixels, on white, with title and scale.' },
    svg: { label: 'Picture as SVG…', hint: 'The drawing, sharp at any size.' },
    csv: { label: 'Numbers as CSV…', hint: 'A table with all digits, for a spreadsheet.' },
    npy: { label: 'Numbers as NPY…', hint: 'Arrays for NumPy; several in one .npz.' },
  },
};
