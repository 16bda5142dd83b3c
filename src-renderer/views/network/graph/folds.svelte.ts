/** Which blocks of the edited network the graph draws as one node; the network itself knows nothing of it. */
import { blockAround, blocksOf } from '../../../../src-main/shared/network/blocks.ts';
import type { FoldedBlock } from '../../../../src-main/shared/network/picture/fold.ts';
import { networkEditor } from '../../../state/network.svelte.ts';
import type { NetworkEditor } from '../../../state/network.svelte.ts';
import { project } from '../../../state/project.svelte.ts';
import type { ProjectState } from '../../../state/project.svelte.ts';
import { networkView } from '../view-state.svelte.ts';
import type { NetworkViewState } from '../view-state.svelte.ts';

/** Networks of more layers are first shown with their blocks folded. */
const mostUnfolded = 60;
const none: ReadonlySet<string> = new Set();

export class Folds {
  readonly #editor: NetworkEditor;
  readonly #view: NetworkViewState;
  readonly #network: string = $derived.by(() => `${this.#project.current?.path ?? ''} ${this.#editor.id ?? ''}`);
  readonly #project: ProjectState;

  constructor(editor: NetworkEditor, project: ProjectState, view: NetworkViewState) {
    this.#editor = editor;
    this.#project = project;
    this.#view = view;
  }

  /** Names of the folded blocks; those that the network no longer has may be among them. */
  get names(): ReadonlySet<string> {
    return this.#view.folded(this.#network) ?? none;
  }

  /** A network that is shown for the first time has its blocks folded if it is long. */
  begin(): void {
    const { draft } = this.#editor;
    if (this.#view.folded(this.#network)) return;
    this.#view.fold(this.#network, draft.layers.length > mostUnfolded ? blocksOf(draft).keys() : none);
  }

  fold({ name, layers }: FoldedBlock): void {
    this.#view.fold(this.#network, [...this.names, name]);
    this.#editor.pick(layers);
  }

  /** The block's first layer is the one that is shown then. */
  open({ name, layers }: FoldedBlock): void {
    this.#view.fold(
      this.#network,
      [...this.names].filter((other) => other !== name),
    );
    this.#editor.pick(layers.toReversed());
  }

  /** Opens the block if it is folded; otherwise folds the innermost one around the chosen layer. */
  toggle(folded: FoldedBlock | undefined): void {
    if (folded) return this.open(folded);
    const block = blockAround(this.#editor.draft, this.#editor.selected);
    if (block) this.fold(block);
  }

  /** Opens all blocks, or folds all where none is. */
  toggleAll(): void {
    const { draft } = this.#editor;
    const blocks = blocksOf(draft);
    const anyFolded = [...this.names].some((name) => blocks.has(name));
    this.#view.fold(this.#network, anyFolded ? none : blocks.keys());
  }
}

export const folds = new Folds(networkEditor, project, networkView);
