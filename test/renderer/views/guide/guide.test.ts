/** The user guide in the window: every page is there, can be drawn, and its links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lexer, walkTokens, type Token, type Tokens } from 'marked';
import { describe, expect, test } from 'vitest';
import { text } from '../../../../src-renderer/messages/index.ts';
import { anchorOf, placeOf } from '../../../../src-renderer/views/guide/links.ts';
import { pageOfTab, readPage, type PageName } from '../../../../src-renderer/views/guide/pages.ts';

const docs = path.join(import.meta.dirname, '../../../../docs');
const names = Object.keys(text.guide.pages) as PageName[];
/** What Markdown.svelte draws, and what it leaves out on purpose. */
const drawn = ['heading', 'paragraph', 'text', 'code', 'list', 'list_item', 'table'];
const inline = ['strong', 'em', 'codespan', 'link', 'escape'];
const leftOut = ['space', 'image'];

function all<T extends Token['type']>(source: string, type: T): Extract<Tokens.Generic | Token, { type: T }>[] {
  const found: Token[] = [];
  void walkTokens(lexer(source), (token) => void (token.type === type && found.push(token)));
  return found as Extract<Tokens.Generic | Token, { type: T }>[];
}

test('has every page of the guide, and a page for each tab of Inspect', () => {
  const tabPages = readdirSync(path.join(docs, 'inspecting')).map((file) => `inspecting/${file.replace(/\.md$/, '')}`);
  expect(names.filter((name) => name.startsWith('inspecting/')).sort()).toEqual(tabPages.sort());
  expect(Object.keys(pageOfTab).sort()).toEqual(Object.keys(text.inspect.tabs).sort());
  expect(new Set(Object.values(pageOfTab)).size).toBe(Object.keys(pageOfTab).length);
  for (const [tab, page] of Object.entries(pageOfTab)) {
    expect(text.guide.pages[page]).toBe(text.inspect.tabs[tab as keyof typeof pageOfTab]);
  }
});

describe.each(names)('%s', (name) => {
  const file = readFileSync(path.join(docs, `${name}.md`), 'utf8');

  test('is what the window shows, and nothing in it is of a kind that cannot be drawn', async () => {
    const source = await readPage(name);
    expect(source).toBe(file);
    const kinds = new Set<string>();
    void walkTokens(lexer(source), ({ type }) => void kinds.add(type));
    expect([...kinds].filter((kind) => ![...drawn, ...inline, ...leftOut].includes(kind))).toEqual([]);
    expect(all(source, 'heading').filter(({ depth }) => depth === 1)).toHaveLength(1);
  });

  test('names the notes it belongs to, where it is of a tab', () => {
    const isTab = Object.values(pageOfTab).includes(name);
    expect(file.split('\n')[2]?.startsWith('Notes: ')).toBe(isTab);
  });

  test('links to pages and headings that there are', () => {
    for (const { href } of all(file, 'link')) {
      const place = placeOf(name, href);
      const [target = ''] = href.split('#');
      if (!place) {
        expect(existsSync(path.join(docs, path.dirname(name), target)), href).toBe(true);
        continue;
      }
      const headings = all(readFileSync(path.join(docs, `${place.page}.md`), 'utf8'), 'heading');
      const anchors = ['', ...headings.map((heading) => anchorOf(heading.text))];
      expect(anchors, href).toContain(place.anchor);
    }
  });
});

test.each([
  ['inspecting', 'inspecting/maps.md', { page: 'inspecting/maps', anchor: '' }],
  ['inspecting/maps', 'sum.md#stride-padding-dilation', { page: 'inspecting/sum', anchor: 'stride-padding-dilation' }],
  ['inspecting/maps', '../training.md#the-recipe', { page: 'training', anchor: 'the-recipe' }],
  ['training', '#the-recipe', { page: 'training', anchor: 'the-recipe' }],
  ['training', 'decisions/one-graph.md', null],
  ['training', 'https://example.org/training.md', null],
] as const)('in %s, %s leads to %o', (page, href, place) => {
  expect(placeOf(page, href)).toEqual(place);
});

test('headings are called as where Markdown is read elsewhere', () => {
  expect(anchorOf('What is said, and 2 × 2: `--only`')).toBe('what-is-said-and-2--2---only');
});
