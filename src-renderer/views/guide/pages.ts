/** The pages of the user guide: files of docs/, which come with the window, so that it needs no network to show them. */
import type { guide } from '../../messages/en/guide.ts';
import type { ViewName } from '../../state/app.svelte.ts';
import type { TabId } from '../inspect/tabs.ts';

export type PageName = keyof typeof guide.pages;

/** By what a page is called, without its ending. They are read when they are shown. */
const files = import.meta.glob<string>(
  ['../../../docs/{labelling,networks,training,inspecting,batch-normalisation}.md', '../../../docs/inspecting/*.md'],
  { query: '?raw', import: 'default' },
);

/** The page as Markdown. */
export const readPage = (name: PageName): Promise<string> => files[`../../../docs/${name}.md`]!();

/** What each tab of Inspect is explained in. */
export const pageOfTab: Record<TabId, PageName> = {
  maps: 'inspecting/maps',
  sum: 'inspecting/sum',
  kernels: 'inspecting/kernels',
  batchNorm: 'batch-normalisation',
  pooling: 'inspecting/pooling',
  why: 'inspecting/why',
  drives: 'inspecting/drives',
  distribution: 'inspecting/distribution',
  gradients: 'inspecting/gradients',
  equivariance: 'inspecting/equivariance',
};

/** What is opened where no page is asked for. */
export const pageOfView: Record<ViewName, PageName> = {
  images: 'labelling',
  network: 'networks',
  train: 'training',
  inspect: 'inspecting',
  evaluate: 'training',
  classify: 'training',
};
