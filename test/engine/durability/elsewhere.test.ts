/** A project that another Receptive has, or that lies where nothing may be written. */
import { expect, test } from 'vitest';
import { useEngines } from '../handlers/support.ts';
import { hashTree } from './support.ts';

const engines = useEngines();

test('of two engines that open one project at once, one has it; the other says who has it, and changes nothing', async () => {
  const first = await engines.start();
  const { path } = await first.ask('project.create', { name: 'Mine' });
  await first.ask('classes.create', { name: 'cat' });
  await first.ask('project.close', undefined);
  const second = await engines.start();
  for (let round = 0; round < 3; round++) {
    const both = [first, second].map(async (engine) =>
      engine.ask('project.open', { path }).then(
        () => engine,
        (error: Error) => error,
      ),
    );
    const results = await Promise.all(both);
    const winners = results.filter((result) => !(result instanceof Error));
    expect(winners).toHaveLength(1);
    expect(String(results.find((result) => result instanceof Error))).toMatch(/"exists".*open in another Receptive/);
    const winner = winners[0] as typeof first;
    await winner.ask('classes.create', { name: `class ${round}` });
    await winner.ask('project.close', undefined);
  }
  await second.ask('project.open', { path });
  expect(await second.ask('classes.list', undefined)).toHaveLength(4);
});

test('in a folder that can only be read it is refused in a sentence, each time, and nothing is changed', async () => {
  const writer = await engines.start();
  const { path } = await writer.ask('project.create', { name: 'Archive' });
  await writer.ask('classes.create', { name: 'cat' });
  await writer.stop();
  const before = hashTree(path);
  const reader = await engines.start(`mount --bind '${path}' '${path}' && mount -o remount,ro,bind '${path}'`);
  const error = await reader.refusal('project.open', { path });
  expect(error).toMatchObject({ code: 'unreadable', hint: expect.stringMatching(/permission|written/i) });
  expect(error.message).toContain(path);
  expect(error.message).toMatch(/cannot be opened for writing/);
  expect(await reader.refusal('project.open', { path })).toEqual(error);
  // It is not damaged, so nothing is to be restored.
  expect(await reader.ask('project.refused', undefined)).toBeNull();
  expect(hashTree(path)).toEqual(before);
});
