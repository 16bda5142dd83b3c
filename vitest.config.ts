import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** What is waited for comes late on a busy machine; a limit is for what never comes, and no promise about time. */
const patience = { testTimeout: 180_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } } as const;
const limits = { pool: 'forks', maxWorkers: 2, ...patience } as const;

/** `unit` and `renderer` have real TensorFlow, sharp and SQLite, each file in a process of its own; `e2e` drives the real window. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/renderer/**'],
          ...limits,
        },
      },
      {
        plugins: [svelte()],
        // Svelte itself, too, is the one for browsers.
        resolve: { conditions: ['browser', 'module', 'development'] },
        test: {
          name: 'renderer',
          server: { deps: { inline: [/svelte/, /runed/] } },
          include: ['test/renderer/**/*.test.ts'],
          environment: './test/client-environment.ts',
          ...limits,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/e2e/setup.ts',
          setupFiles: 'test/e2e/tell-output.ts',
          pool: 'forks',
          // One window at a time: they share the screen and two processor cores.
          fileParallelism: false,
          maxWorkers: 1,
          ...patience,
        },
      },
    ],
  },
});
