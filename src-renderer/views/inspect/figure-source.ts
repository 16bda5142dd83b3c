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

export function figureSource(
  { subject, usable, untrained, layer, facts, imageId }: Looked,
  tab: FigureTab,
  title: string,
): { name: string; about: string[] } {
  const network = networkName(subject, usable, untrained);
  const image = (facts?.id === imageId && facts?.path.split('/').at(-1)) || '';
  const layerText =
    layer && tab && `${layer.name} (${text.network.kinds[layer.kind].label}, ${formatShape(layer.shape)})`;
  const said = (label: string, value: string | null) => (value ? [`${label}: ${value}`] : []);
  return {
    name: [network, tab && layer?.name, tab && words.tabs[tab], title, image.replace(/\.[^.]*$/, '')]
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
