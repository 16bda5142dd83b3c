/** Where figures stand on the screen: such a place, known by its title, outlasts one drawing of its figure. */
import { SvelteMap } from 'svelte/reactivity';
import { ReceptiveError } from '../../src-main/shared/errors.ts';
import { text } from '../messages/index.ts';
import type { Command } from '../state/commands.svelte.ts';
import { allAnswered } from '../state/latest.ts';
import { figureFormats, type FigureFormat } from './take.ts';

type Take = (format: FigureFormat) => Promise<void>;

const words = text.figures;

export class FigurePlaces {
  readonly #drawn = new SvelteMap<string, Take>();
  /** The place whose menu is open, and its button; both stay while the figure is drawn anew. */
  opened = $state.raw<{ title: string; button: HTMLElement } | null>(null);

  /** A figure, with its button, is on the screen until the returned function is called. */
  draw(title: string, button: HTMLElement, take: Take): () => void {
    this.#drawn.set(title, take);
    // The same place drawn anew, or the same drawing under another title.
    if (this.opened?.title === title || this.opened?.button === button) this.opened = { title, button };
    return () => {
      if (this.#drawn.get(title) === take) this.#drawn.delete(title);
    };
  }

  isDrawn(title: string): boolean {
    return this.#drawn.has(title);
  }

  /** Saves the figure that stands there, once it is of what is chosen now: while the next is computed, the last one stays. */
  async take(title: string, format: FigureFormat): Promise<void> {
    await allAnswered();
    const take = this.#drawn.get(title);
    if (!take) throw new ReceptiveError('not-found', words.away(title), words.awayHint);
    await take(format);
  }

  readonly commands = (): Command[] =>
    [...this.#drawn.keys()].flatMap((title) =>
      figureFormats.map((format) => ({
        id: `figure.${title}.${format}`,
        group: words.group,
        title: words.command(title, words.formats[format].label),
        run: () => this.take(title, format),
      })),
    );
}

export const figurePlaces = new FigurePlaces();
