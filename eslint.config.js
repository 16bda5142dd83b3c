import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Beyond the recommended sets: what has bitten before, and what the type checker lets through. */
const rules = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
  'no-unreachable': 'error',
  'no-fallthrough': 'error',
  'prefer-const': 'error',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

/** These need types: a promise that nobody waits for is an error that nobody sees. */
const typedRules = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/only-throw-error': 'error',
};

export default tseslint.config(
  { ignores: ['node_modules/', 'out/', '.build/', 'resources/', 'test-results/', 'coverage/', 'docs/screenshots/'] },
  tseslint.configs.recommended,
  svelte.configs.recommended,
  { rules },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.svelte.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: typedRules,
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser, svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // Knows that props and derived values are declared with let.
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
      // State here is replaced whole; the sets and maps it finds hold listeners, or are built and then handed over.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    // A fresh clone has no packages yet, so scripts begin with nothing but Node.
    files: ['scripts/**/*.mjs'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^(?!node:|\\.)', message: 'Only Node.' }] }] },
  },
);
