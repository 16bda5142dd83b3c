/** The rooms of the design, and nothing but what each may know. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [from, ...allowed], dependencyTypesNot: ['core'] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans-abroad',
      comment: 'What an import names exists.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'shared-knows-nobody',
      comment: 'Every process uses src-main/shared: zod, libraries of layout and of colours, and no Node.',
      severity: 'error',
      from: { path: '^src-main/shared/' },
      to: {
        pathNot: [
          '^src-main/shared/',
          '^node_modules/(zod|birpc|@dagrejs|d3-scale-chromatic|@types/d3-scale-chromatic)/',
        ],
      },
    },
    only(
      'engine-is-plain-node',
      '^src-main/engine/',
      ['^src-main/shared/', '^node_modules/', '^scripts/'],
      'The engine uses shared and packages.',
    ),
    {
      name: 'no-electron-outside-main',
      comment: 'The engine, the decoder and the command line run without Electron.',
      severity: 'error',
      from: { pathNot: '^src-main/main/' },
      to: { path: '^(node_modules/)?electron(/|$)' },
    },
    only(
      'main-does-no-work',
      '^src-main/main/',
      ['^src-main/shared/', '^node_modules/(electron|birpc|zod)/', '^electron$'],
      'Main opens no tensor and no image.',
    ),
    only(
      'decoder-is-codecs',
      '^src-main/decoder/',
      ['^src-main/shared/', '^node_modules/(sharp|birpc)/'],
      'The decoder has codecs only.',
    ),
    only('page-knows-shared', '^src-renderer/', ['^src-main/shared/', '^node_modules/'], 'The page uses shared only.'),
    {
      name: 'page-has-no-node',
      comment: 'The page is sandboxed.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nobody-uses-the-command-line',
      comment: 'What two need belongs in the engine.',
      severity: 'error',
      from: { path: '^src-', pathNot: '^src-main/cli/' },
      to: { path: '^src-main/cli/' },
    },
    {
      name: 'command-line-uses-the-engine',
      comment: 'The command line calls engine modules.',
      severity: 'error',
      from: { path: '^src-main/cli/' },
      to: { path: ['^src-main/(main|decoder)/', '^src-renderer/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'src-renderer/tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'require', 'node', 'default'],
    },
  },
};
