/** What a report may hold beside the feature maps, which are always in it. */
export const sectionNames = [
  'maps',
  'sum',
  'kernels',
  'batch-norm',
  'pooling',
  'why',
  'distribution',
  'gradients',
  'equivariance',
  'drives',
] as const;
export type SectionName = (typeof sectionNames)[number];
