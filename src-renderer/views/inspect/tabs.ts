/**
 * The tabs of a layer. One entry a tab: its name in the catalogue (`text.inspect.tabs`), the layers that have it, the
 * component, and what it asks the engine for before it is shown.
 */
import type { Component } from 'svelte';
import type { LayerSummary, Subject } from '../../../src-main/shared/inspection.ts';
import { connection } from '../../state/connection.svelte.ts';
import type { Maps } from '../../state/inspect.svelte.ts';
import type { inspect } from '../../messages/en/inspect.ts';
import { askBatchNorm } from './batch-norm/ask.ts';
import BatchNormTab from './BatchNormTab.svelte';
import DistributionTab from './DistributionTab.svelte';
import DrivesTab from './drives/DrivesTab.svelte';
import EquivarianceTab from './EquivarianceTab.svelte';
import type { Box } from '../../../src-main/shared/inspect/field-box.ts';
import GradientsTab from './GradientsTab.svelte';
import MapsTab from './MapsTab.svelte';
import PoolingTab from './PoolingTab.svelte';
import KernelsTab from './kernels/KernelsTab.svelte';
import { isSum } from './sum/sum-layer.ts';
import SumTab from './sum/SumTab.svelte';
import WhyTab from './WhyTab.svelte';

export type TabId = keyof typeof inspect.tabs;
/** One layer of what is looked into, for one image: the parameters of requests. */
export interface Target {
  subject: Subject;
  imageId: number;
  layer: string;
}

/** What every tab is given. */
export interface TabProps<R = undefined> {
  /** What `ask` answered. It is of `layer`; while another image's answer is awaited, of the image before. */
  report: R;
  target: Target;
  layer: LayerSummary;
  /** The image under the lens, the network, its classes and all its layers. */
  maps: Maps;
  /** Draws boxes on the image under the lens, in pixels of the network's input; none with null. */
  onbox: (box: Box | null) => void;
}

export interface Tab<R> {
  id: TabId;
  /** Whether the layer has it. */
  suits: (layer: LayerSummary) => boolean;
  ask: (target: Target) => Promise<R>;
  component: Component<TabProps<R>>;
}

/** Each tab's own type of report ends here: what a tab asked for is what its component gets. */
const tab = <R>(entry: Tab<R>): Tab<unknown> => entry as unknown as Tab<unknown>;
const nothing = (): Promise<undefined> => Promise.resolve(undefined);

export const tabs: readonly Tab<unknown>[] = [
  tab({ id: 'maps', suits: () => true, ask: nothing, component: MapsTab }),
  tab({ id: 'sum', suits: isSum, ask: nothing, component: SumTab }),
  tab({ id: 'kernels', suits: isSum, ask: nothing, component: KernelsTab }),
  tab({
    id: 'batchNorm',
    suits: ({ kind }) => kind === 'batchNorm',
    ask: askBatchNorm,
    component: BatchNormTab,
  }),
  tab({
    id: 'pooling',
    suits: ({ shape }) => shape.length === 3,
    ask: (target) => connection.request('explain.pooling', target),
    component: PoolingTab,
  }),
  tab({ id: 'why', suits: () => true, ask: nothing, component: WhyTab }),
  tab({ id: 'drives', suits: () => true, ask: nothing, component: DrivesTab }),
  tab({ id: 'distribution', suits: () => true, ask: nothing, component: DistributionTab }),
  tab({ id: 'gradients', suits: ({ kind }) => kind === 'conv2d', ask: nothing, component: GradientsTab }),
  tab({ id: 'equivariance', suits: () => true, ask: nothing, component: EquivarianceTab }),
];

/** The tabs that a layer has, in their order. */
export const tabsOf = (layer: LayerSummary): readonly Tab<unknown>[] => tabs.filter(({ suits }) => suits(layer));
