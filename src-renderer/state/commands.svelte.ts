/** Everything that can be done from the palette or by a key, in one register. */
export interface Command {
  /** Unique: "project.open". */
  id: string;
  title: string;
  /** What the palette shows under: the view's name. */
  group: string;
  /** "Ctrl+K", "Ctrl+Shift+Z". Letters in upper case. */
  keys?: string;
  /** Shown like `keys`, but obeyed by the view alone: "X", which must not be a command where text is typed. */
  viewKeys?: string | undefined;
  /** Read whenever the palette is shown or the key is pressed; always possible when left out. */
  enabled?: () => boolean;
  run: () => void | Promise<void>;
}

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** A key press as commands write it: Ctrl (or Command), Alt, Shift, then the key; a sign without Shift. */
export function keysOf(press: KeyPress): string {
  const key = press.key.length === 1 ? press.key.toUpperCase() : press.key;
  // Which signs take Shift depends on the keyboard.
  const isSign = /^[^\p{L}\p{N}\s]$/u.test(key);
  const shift = press.shiftKey && !isSign;
  return [press.ctrlKey || press.metaKey ? 'Ctrl' : '', press.altKey ? 'Alt' : '', shift ? 'Shift' : '', key]
    .filter(Boolean)
    .join('+');
}

export class Commands {
  #sets = $state.raw<ReadonlySet<() => Command[]>>(new Set());

  /** All commands of all views that are there, in the order they were registered. */
  readonly all = $derived([...this.#sets].flatMap((set) => set()));

  /**
   * Adds commands until the returned function is called. They are given by a function, which is asked again when the
   * state it reads changes: `$effect(() => commands.register(() => [...]))`.
   */
  register(set: () => Command[]): () => void {
    this.#sets = new Set([...this.#sets, set]);
    return () => {
      this.#sets = new Set([...this.#sets].filter((other) => other !== set));
    };
  }

  /** The command of a key press that can be run now. */
  forKeys(press: KeyPress): Command | undefined {
    const keys = keysOf(press);
    return this.all.find((command) => command.keys === keys && (command.enabled?.() ?? true));
  }
}

export const commands = new Commands();
