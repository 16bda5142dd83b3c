/** What is open in the Images view: keys, buttons and the palette all open the same. */
import type { ClassInfo } from '../../../src-main/shared/labelling.ts';

export type ClassDialog = 'rename' | 'color' | 'key' | 'merge' | 'delete';

class ImagesViewState {
  /** Bound by the parts that show them. */
  filters = $state(false);
  sides = $state(false);
  /** The dialog that changes a class, and which class. */
  changing = $state.raw<{ dialog: ClassDialog; info: ClassInfo } | null>(null);
  /** The elements that keys lead to; null while they are not there. */
  grid: HTMLElement | null = null;
  findBox: HTMLInputElement | null = null;

  change(dialog: ClassDialog, info: ClassInfo): void {
    this.changing = { dialog, info };
  }

  findClass(): void {
    this.findBox?.focus();
    this.findBox?.select();
  }

  /** Keys label again. */
  focusGrid(): void {
    this.grid?.querySelector<HTMLElement>('[role="listbox"]')?.focus();
  }
}

export const imagesView = new ImagesViewState();
