import { expect, test } from 'vitest';
import { AppState } from '../../../src-renderer/state/app.svelte.ts';
import { NetworkEditor } from '../../../src-renderer/state/network.svelte.ts';
import { RecipeState } from '../../../src-renderer/state/recipe.svelte.ts';
import { NetworkFigures } from '../../../src-renderer/views/network/network-figures.svelte.ts';
import { ScriptedBridge } from '../scripted-bridge.ts';

test.each([
  ['too little', 1e8, ['Training with batches of 64 needs about 0.2 GB; the device has 0.1 GB']],
  ['enough', 64e9, []],
  ['not known', null, []],
])('the warning of too little memory goes by what the engine says the device has: %s', async (_what, bytes, said) => {
  const { connection } = new ScriptedBridge({ 'engine.doctor': () => ({}), 'engine.memory': () => bytes });
  const app = new AppState(connection);
  const figures = new NetworkFigures(new NetworkEditor(connection, async () => false), new RecipeState(() => []), app);
  await app.readDoctor();
  expect(figures.advice.map(({ message }) => message).filter((message) => message.startsWith('Training'))).toEqual(
    said,
  );
});
