/** Where a figure of Inspect comes from, in words: for the name of its file and the lines below its title. */
import { text } from '../../messages/index.ts';
import type { Inspector } from '../../state/inspect.svelte.ts';
import { formatShape } from '../../ui/numbers.ts';

const words = text.inspect;
const { about } = text.figures;

/** What is read of the view's state. */
type Looked = Pick<Inspector, 'subject' | 'usable' | 'untrained' | 'layer' | 'facts' | 'imageId'>;
/** The tab that it is in; none of the strip of layers, which is above all tabs. */
export type FigureTab = keyof typeof words.tabs | null;

export interface FigureAsked {
  tab: FigureTab;
  title: string;
  /** What it is not of, though it is chosen: a table of all layers, what was recorded over the steps of training. */
  without?: readonly ('layer' | 'image')[];
}
/** Tabs whose figures are of the weights, or of a fixed batch, whatever image is under the lens. */
const ofNoImage: readonly FigureTab[] = ['kernels', 'batchNorm'];

export function figureSource(
  { subject, usable, untrained, layer, facts, imageId }: Looked,
  { tab, title, without = [] }: FigureAsked,
): { name: string; about: string[] } {
  const network = networkName(subject, usable, untrained);
  const isOfImage = !ofNoImage.includes(tab) && !without.includes('image');
  const image = (isOfImage && facts?.id === imageId && facts?.path.split('/').at(-1)) || '';
  const shown = tab && !without.includes('layer') ? layer : null;
  const layerText = shown && `${shown.name} (${text.network.kinds[shown.kind].label}, ${formatShape(shown.shape)})`;
  const said = (label: string, value: string | null) => (value ? [`${label}: ${value}`] : []);
  return {
    name: [network, shown?.name, tab && words.tabs[tab], title, image.replace(/\.[^.]*$/, '')]
      .filter(Boolean)
      .join(' '),
    about: [...said(about.network, network), ...said(about.layer, layerText), ...said(about.image, image)],
  };
}

/** A run's name with which of its weights, or a saved network's. */
function networkName(subject: Looked['subject'], usable: Looked['usable'], untrained: Looked['untrained']): string {
  if (!subject) return '';
  if ('networkId' in subject) return words.untrained(untrained.find(({ id }) => id === subject.networkId)?.name ?? '');
  const name = usable.find(({ id }) => id === subject.runId)?.name ?? '';
  return `${name}, ${words.weightsOf[subject.weights]}`;
}
