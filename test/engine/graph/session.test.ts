import { expect, it } from 'vitest';
import { GraphBuilder } from '../../../src-main/engine/graph/builder.ts';
import type { Feed } from '../../../src-main/engine/graph/session.ts';
import { Session } from '../../../src-main/engine/graph/session.ts';
import { addVariable, assigned, valueFeed } from '../../../src-main/engine/graph/variables.ts';

it('shares no memory with the arrays it was fed', () => {
  const variables = Array.from({ length: 200 }, (_, i) => `v${i}`);
  const graph = new GraphBuilder();
  for (const name of variables) addVariable(graph, name, [64]);
  const session = new Session(graph.nodes);
  const given = variables.map((_, i) => new Float32Array(64).fill(i)); // about one in four begins where it could be shared
  const feeds = variables.map((name, i): [string, Feed] => [valueFeed(name), { shape: [64], values: given[i]! }]);
  session.execute(Object.fromEntries(feeds), variables.map(assigned));
  for (const values of given) values.fill(-1);
  expect(session.run({}, variables).map(({ values }) => values[63])).toEqual(variables.map((_, i) => i));
  session.dispose();
});
