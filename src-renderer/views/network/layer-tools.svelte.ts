/** What can be done with the chosen layers, from the graph, the list and the bar alike. */
import {
  blockAround,
  copyLayers,
  duplicateLayers,
  pasteLayers,
  pasteProblem,
  repeatBlock,
} from '../../../src-main/shared/network/blocks.ts';
import { moveLayer } from '../../../src-main/shared/network/edit.ts';
import type { LayerKind } from '../../../src-main/shared/network/spec.ts';
import {
  addAfter,
  connect,
  disconnect,
  insertBetween,
  removeLayers,
  wiresOf,
  wouldLoop,
} from '../../../src-main/shared/network/wiring.ts';
import type { Wire } from '../../../src-main/shared/network/wiring.ts';
import { text } from '../../messages/index.ts';
import type { NetworkEditor } from '../../state/network.svelte.ts';
import { networkEditor } from '../../state/network.svelte.ts';
import { showNote } from '../../ui/notify.ts';

/** What the list's keys and the bar's buttons do with the chosen layers. */
export type LayerCommand = 'up' | 'down' | 'remove' | 'duplicate' | 'rename';

/** A question that is put in a dialog: which kind (into a connection, or behind the chosen layer), which layer, how often. */
export type Question =
  { what: 'kind'; wire?: Wire } | { what: 'connect' } | { what: 'disconnect' } | { what: 'repeat' };

export class LayerTools {
  readonly #editor: NetworkEditor;
  #question = $state.raw<Question | null>(null);

  constructor(editor: NetworkEditor) {
    this.#editor = editor;
  }

  get question(): Question | null {
    return this.#question;
  }

  ask(question: Question | null): void {
    this.#question = question;
  }

  /** The layer whose output is connected: the chosen one, or the input. */
  get source(): string {
    return this.#editor.draft.layers[this.#editor.selected]?.name ?? 'input';
  }

  /** Layers that the chosen one can be connected to without going round in a loop. */
  get targets(): string[] {
    const { draft } = this.#editor;
    const { source } = this;
    const made = new Set(wiresOf(draft).flatMap((wire) => (wire.source === source ? [wire.target] : [])));
    return draft.layers.flatMap(({ name }) =>
      made.has(name) || wouldLoop(draft, { source, target: name }) ? [] : [name],
    );
  }

  /** The chosen layer's connections, both those that come in and those that go out. */
  get wires(): Wire[] {
    const { source } = this;
    return wiresOf(this.#editor.draft).filter((wire) => wire.source === source || wire.target === source);
  }

  add(kind: LayerKind, wire?: Wire): void {
    const { draft, selected } = this.#editor;
    this.#editor.apply(wire ? insertBetween(draft, wire, kind) : addAfter(draft, selected, kind));
  }

  addBehind(kind: LayerKind, index: number): void {
    this.#editor.apply(addAfter(this.#editor.draft, index, kind));
  }

  connect(wire: Wire): void {
    const { draft, selected, picked } = this.#editor;
    if (wouldLoop(draft, wire)) return showNote(text.network.loop(wire.source, wire.target));
    this.#editor.apply({ draft: connect(draft, wire), selected, picked });
  }

  disconnect(wire: Wire): void {
    const { draft, selected, picked } = this.#editor;
    this.#editor.apply({ draft: disconnect(draft, wire), selected, picked });
  }

  remove(): void {
    const { draft, picked } = this.#editor;
    if (picked.length > 0) this.#editor.apply(removeLayers(draft, picked));
  }

  duplicate(): void {
    const { draft, picked } = this.#editor;
    if (picked.length > 0) this.#editor.apply(duplicateLayers(draft, picked));
  }

  move(by: 1 | -1): void {
    const { draft, selected } = this.#editor;
    if (selected >= 0) this.#editor.apply(moveLayer(draft, selected, by));
  }

  repeat(times: number, name: string): void {
    const { draft, picked } = this.#editor;
    if (picked.length > 0) this.#editor.apply(repeatBlock(draft, picked, times, name));
  }

  /** The chosen layers as text for the clipboard; null when there are none. */
  copied(): string | null {
    const { draft, picked } = this.#editor;
    return picked.length > 0 ? copyLayers(draft, picked) : null;
  }

  paste(copied: string): void {
    const { draft, selected } = this.#editor;
    const edited = pasteLayers(draft, selected, copied);
    if (edited) return this.#editor.apply(edited);
    const problem = pasteProblem(copied);
    showNote(problem === null ? text.network.nothingToPaste : text.network.notPasted(problem));
  }

  /** Chooses all layers of the block that the chosen layer is in. */
  pickBlock(): void {
    const { draft, selected } = this.#editor;
    const block = blockAround(draft, selected);
    if (block) this.#editor.pick([...block.layers.filter((index) => index !== selected), selected]);
  }

  pickAll(): void {
    this.#editor.pick(this.#editor.draft.layers.map((_, index) => index));
  }
}

export const layerTools = new LayerTools(networkEditor);
