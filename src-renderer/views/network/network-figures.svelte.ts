/** What follows from the edited network and the recipe it would be trained with. */
import { adviceFor } from '../../../src-main/shared/network/advice.ts';
import type { Advice } from '../../../src-main/shared/network/advice.ts';
import { parseNetwork } from '../../../src-main/shared/network/index.ts';
import type { Network } from '../../../src-main/shared/network/spec.ts';
import { app } from '../../state/app.svelte.ts';
import type { AppState } from '../../state/app.svelte.ts';
import { networkEditor } from '../../state/network.svelte.ts';
import type { NetworkEditor } from '../../state/network.svelte.ts';
import { recipe } from '../../state/recipe.svelte.ts';
import type { RecipeState } from '../../state/recipe.svelte.ts';

export class NetworkFigures {
  readonly #editor: NetworkEditor;
  readonly #recipe: RecipeState;
  readonly #app: AppState;

  constructor(editor: NetworkEditor, recipe: RecipeState, app: AppState) {
    this.#editor = editor;
    this.#recipe = recipe;
    this.#app = app;
  }

  /** Images a step, as the recipe says; 1 while it says nothing that can be read. */
  readonly batch: number = $derived.by(() => Number(this.#recipe.fields.batchSize) || 1);

  /** The network with its defaults; null while it is wrong. */
  readonly network: Network | null = $derived.by(() => {
    const { json } = this.#editor;
    return json ? parseNetwork(json) : null;
  });

  readonly advice: readonly Advice[] = $derived.by(() => {
    if (!this.network) return [];
    const { deviceBytes } = this.#app;
    return adviceFor(this.network, this.#editor.description, { batch: this.batch, deviceBytes });
  });

  /** Of all parameters those of these layers, 0 to 1; null while the network is wrong, as its total is not known. */
  shareOf(layers: readonly number[]): number | null {
    const { layers: rows, totals, valid } = this.#editor.description;
    if (!valid) return null;
    if (totals.params === 0) return 0;
    return layers.reduce((sum, index) => sum + (rows[index]?.params ?? 0), 0) / totals.params;
  }

  /** What is said on a layer beside its problem, by the layer's name: what is unwise, and what it is computed in vain for. */
  readonly notes: ReadonlyMap<string, string> = $derived.by(() => {
    const said = [
      ...this.#editor.description.warnings,
      ...this.advice.map(({ layer, message, hint }) => ({ layer, message: `${message}. ${hint}` })),
    ];
    const notes = new Map<string, string>();
    for (const { layer, message } of said) {
      if (layer !== null) notes.set(layer, [notes.get(layer), message].filter(Boolean).join('\n'));
    }
    return notes;
  });
}

export const networkFigures = new NetworkFigures(networkEditor, recipe, app);
