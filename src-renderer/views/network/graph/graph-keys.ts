/** What a key does in the graph. */
import type { Layout } from '../../../../src-main/shared/network/picture/layout.ts';
import { networkEditor as editor } from '../../../state/network.svelte.ts';
import { keysOf } from '../../../state/commands.svelte.ts';
import { layerTools } from '../layer-tools.svelte.ts';
import { neighbour } from './graph-model.ts';

interface Place {
  layout: Layout;
  /** The chosen layer, or the one it is drawn as. */
  selected: number;
  /** Chooses what is drawn there. */
  choose: (index: number, adding?: boolean) => void;
  fold: { block: () => void; all: () => void };
  onform: (field?: 'name') => void;
  zoom: { in: () => void; out: () => void; fit: () => void };
  /** Takes out the connection that is chosen. */
  removeWire: (() => void) | null;
}

/** What the key does here; undefined where it means nothing. Copy, cut and paste are events of their own. */
export function graphKey(press: KeyboardEvent, place: Place): (() => void) | undefined {
  const { layout, selected } = place;
  const go = (adding: boolean) => () => {
    const next = neighbour(layout, selected, press.key);
    if (next !== undefined) place.choose(next, adding && next >= 0);
  };
  const remove = place.removeWire ?? (() => layerTools.remove());
  const keys: Record<string, () => void> = {
    ArrowUp: go(false),
    ArrowDown: go(false),
    ArrowLeft: go(false),
    ArrowRight: go(false),
    'Shift+ArrowUp': go(true),
    'Shift+ArrowDown': go(true),
    'Shift+ArrowLeft': go(true),
    'Shift+ArrowRight': go(true),
    Home: () => editor.select(-1),
    End: () => editor.select(editor.draft.layers.length - 1),
    Escape: () => place.choose(selected),
    Enter: () => place.onform(),
    F2: () => place.onform('name'),
    Delete: remove,
    Backspace: remove,
    'Ctrl+D': () => layerTools.duplicate(),
    'Ctrl+A': () => layerTools.pickAll(),
    B: () => layerTools.pickBlock(),
    F: place.fold.block,
    'Shift+F': place.fold.all,
    A: () => layerTools.ask({ what: 'kind' }),
    C: () => layerTools.ask({ what: 'connect' }),
    X: () => layerTools.ask({ what: 'disconnect' }),
    R: () => layerTools.ask({ what: 'repeat' }),
    '+': place.zoom.in,
    'Shift++': place.zoom.in,
    '-': place.zoom.out,
    0: place.zoom.fit,
  };
  return keys[keysOf(press)];
}
