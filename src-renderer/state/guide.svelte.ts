import type { PageName } from '../views/guide/pages.ts';

export interface Place {
  page: PageName;
  /** A heading's; '' for the top. */
  anchor: string;
}

/** What is open of the user guide. */
class Guide {
  /** null while it is closed. */
  place = $state.raw<Place | null>(null);

  open(page: PageName, anchor = ''): void {
    this.place = { page, anchor };
  }

  close(): void {
    this.place = null;
  }
}

export const guide = new Guide();
