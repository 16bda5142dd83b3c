/** Keeps the objects of a list that say the same as before, so that the library leaves alone what did not change. */
export class Kept<T extends { id: string }> {
  #known = new Map<string, { json: string; item: T }>();

  /** The same list, with the earlier object in place of each that is the same as JSON. */
  of(items: readonly T[]): T[] {
    const next = new Map(
      items.map((item) => {
        const json = JSON.stringify(item);
        const known = this.#known.get(item.id);
        return [item.id, known?.json === json ? known : { json, item }];
      }),
    );
    this.#known = next;
    return [...next.values()].map(({ item }) => item);
  }
}
