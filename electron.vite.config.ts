import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import path from 'node:path';

/** What the oldest Electron that scripts/versions.json may install understands, whichever one the developer has. */
const node = 'node20.18';
const chrome = 'chrome130';

// scripts/electron.mjs found that Chromium's sandbox cannot work here; this is how `electron-vite dev` is told.
if (process.env['RECEPTIVE_SANDBOX_OFF']) process.env['NO_SANDBOX'] = '1';

export default defineConfig({
  main: {
    build: {
      target: node,
      // All of it is bundled: the packages main needs are few, and a bundle starts faster.
      externalizeDeps: false,
      rolldownOptions: { input: { index: 'src-main/main/index.ts' } },
    },
  },
  preload: {
    build: {
      target: node,
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'src-main/main/preload.ts' },
        // A sandboxed preload has to be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [svelte({ configFile: '../svelte.config.js' })],
    // Small files stay files: the page's content security policy allows no data: scripts or fonts.
    build: {
      target: chrome,
      minify: true,
      assetsInlineLimit: 0,
      rolldownOptions: { input: path.join(import.meta.dirname, 'src-renderer/index.html') },
    },
    server: { host: '127.0.0.1' },
  },
});
