/**
 * Every key of the Images view, in one table: the view obeys it, and the line under the grid, the palette and the user
 * guide (docs/labelling.md) are made from it or checked against it.
 */
import { text } from '../../messages/index.ts';
import { classes } from '../../state/classes.svelte.ts';
import { images } from '../../state/images.svelte.ts';
import { imageActions } from './image-actions.ts';
import { acceptSelected, findSimilar } from './suggestion-actions.ts';
import { imagesView } from './view-state.svelte.ts';

export interface ImageKey {
  /** As it is shown: "X", "Ctrl+A". */
  keys: string;
  title: string;
  /** What the line under the grid says of it; keys without this are not there. */
  line?: string;
  /** What is pressed, of a key that this table runs; the others belong to the grid, to the classes or to the window. */
  press?: {
    /** `KeyboardEvent.key`, letters in lower case. */
    key: string;
    /** False leaves the key to whoever else wants it. */
    enabled: () => boolean;
    run: () => void;
    /** Works while one image is shown large, too. */
    closer: boolean;
  };
}

const words = text.images.keys;
const hasSelection = () => images.selected.size > 0;

export const imageKeys: readonly ImageKey[] = [
  words.move,
  words.extend,
  words.toggle,
  words.all,
  words.closer,
  words.label,
  {
    ...words.find,
    press: { key: '/', closer: false, enabled: () => imagesView.findBox !== null, run: () => imagesView.findClass() },
  },
  {
    ...words.unlabel,
    press: { key: 'Backspace', closer: true, enabled: hasSelection, run: () => void imageActions.label(null) },
  },
  {
    ...words.accept,
    press: { key: 'Enter', closer: true, enabled: () => images.hasSuggestions, run: () => void acceptSelected() },
  },
  {
    ...words.similar,
    press: { key: 'f', closer: false, enabled: hasSelection, run: () => void findSimilar() },
  },
  {
    ...words.exclude,
    press: { key: 'x', closer: true, enabled: hasSelection, run: () => void imageActions.toggleExcluded() },
  },
  {
    ...words.pin,
    press: {
      key: 'p',
      closer: false,
      enabled: hasSelection,
      run: () => {
        imagesView.sides = true;
      },
    },
  },
  words.filter,
  words.back,
  words.undo,
  words.redo,
];

/** What a key of the table does, in words; null when it does nothing here. */
export function useOf(key: string): string | null {
  return imageKeys.find(({ press }) => press?.key === key)?.title ?? null;
}

/**
 * The key of a press as classes and the table write it. Where the layout has neither a Latin letter nor a digit on a key
 * (Cyrillic letters; the French digit row) its place on the keyboard counts.
 */
export function keyOf({ key, code }: { key: string; code: string }): string {
  if (key.length !== 1) return key;
  const lower = key.toLowerCase();
  if (/^[a-z0-9/]$/.test(lower)) return lower;
  return /^(?:Digit(?<digit>[0-9])|Key(?<letter>[A-Z]))$/.exec(code)?.slice(1).find(Boolean)?.toLowerCase() ?? lower;
}

/** A button or link that has the focus is what Enter and Space press. */
export const pressesAnother = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, a, summary') !== null;

/** Obeys a key of the table or of a class; false when it is neither. */
export function pressImageKey(event: KeyboardEvent, where: 'grid' | 'closer' = 'grid'): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const key = keyOf(event);
  if (key === 'Enter' && pressesAnother(event.target)) return false;
  const press = imageKeys.find((entry) => entry.press?.key === key)?.press;
  if (press) {
    if ((where === 'closer' && !press.closer) || !press.enabled()) return false;
    press.run();
    return true;
  }
  const info = classes.byKey(key);
  if (info) void imageActions.label(info.id);
  return info !== null;
}
