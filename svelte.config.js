import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    // Our own components use runes only; libraries are compiled by their own rules.
    runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true),
  },
};
