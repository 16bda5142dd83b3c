/** Requests of which only the newest of a kind is wanted: its signal aborts when another of that kind comes. */
export class Newest {
  readonly #controllers = new Map<string, AbortController>();

  begin(kind: string): AbortSignal {
    this.#controllers.get(kind)?.abort();
    const controller = new AbortController();
    this.#controllers.set(kind, controller);
    return controller.signal;
  }
}
