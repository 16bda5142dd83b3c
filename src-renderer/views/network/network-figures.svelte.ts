/** What follows from the edited network and the recipe it would be trained with. */
import { adviceFor } from '../../../src-main/shared/network/advice.ts';
import type { Advice } from '../../../src-main/shared/network/advice.ts';
import { parseNetwork } from '../../../src-main/shared/network/index.ts';
import { networkEditor } from '../../state/network.svelte.ts';
import type { NetworkEditor } from '../../state/network.svelte.ts';
import { recipe } from '../../state/recipe.svelte.ts';
import type { RecipeState } from '../../state/recipe.svelte.ts';

export class NetworkFigures {
  readonly #editor: NetworkEditor;
  readonly #recipe: RecipeState;

  constructor(editor: NetworkEditor, recipe: RecipeState) {
    this.#editor = editor;
    this.#recipe = recipe;
  }

  /** Images a step, as the recipe says; 1 while it says nothing that can be read. */
  readonly batch: number = $derived.by(() => Number(this.#recipe.fields.batchSize) || 1);

  readonly advice: readonly Advice[] = $derived.by(() => {
    const { json, description } = this.#editor;
    if (!json) return [];
    return adviceFor(parseNetwork(json), description, { batch: this.batch, deviceBytes: null });
  });
}

export const networkFigures = new NetworkFigures(networkEditor, recipe);
