import type { Environment } from 'vitest/runtime';

/** Node without a DOM, yet modules are built as for a browser: Svelte's runes work as they do in the page. */
export default {
  name: 'client',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => undefined }),
} satisfies Environment;
