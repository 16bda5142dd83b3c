/** The user guide in the window; its pages are the files of docs/. */
export const guide = {
  title: 'User guide',
  contents: 'Pages of the guide',
  /** In the order of the work; a page below another is called by its folder. */
  pages: {
    labelling: 'Labelling',
    networks: 'Building a network',
    training: 'Training',
    inspecting: 'Inspecting',
    'inspecting/maps': 'Maps',
    'inspecting/sum': 'The sum',
    'inspecting/kernels': 'Kernels',
    'batch-normalisation': 'Batch norm',
    'inspecting/pooling': 'Pooling',
    'inspecting/why': 'Why this class',
    'inspecting/drives': 'What drives it',
    'inspecting/distribution': 'Distribution',
    'inspecting/gradients': 'Gradients',
    'inspecting/equivariance': 'Equivariance',
  },
  reading: 'Reading the page…',
  ofTab: (tab: string) => `What this tab shows: ${tab}`,
};
