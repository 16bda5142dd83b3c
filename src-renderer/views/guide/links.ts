/** Where the links of the guide lead. */
import { text } from '../../messages/index.ts';
import type { Place } from '../../state/guide.svelte.ts';
import type { PageName } from './pages.ts';

const isPage = (name: string): name is PageName => name in text.guide.pages;

/** Where a link of a page leads; null where that is not in the guide. */
export function placeOf(from: PageName, href: string): Place | null {
  const url = new URL(href, `guide://docs/${from}.md`);
  const page = url.pathname.replace(/^\//, '').replace(/\.md$/, '');
  return url.protocol === 'guide:' && isPage(page) ? { page, anchor: url.hash.slice(1) } : null;
}

/** What links call a heading, as the places where Markdown is read make it: "What it sees" is `what-it-sees`. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
