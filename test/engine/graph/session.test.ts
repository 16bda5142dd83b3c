import { expect, it, vi } from 'vitest';
import { GraphBuilder } from '../../../src-main/engine/graph/builder.ts';
import { DataType } from '../../../src-main/engine/graph/proto.ts';
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

it("takes the bytes of a Buffer without a warning of Node's", () => {
  const graph = new GraphBuilder();
  const given = graph.placeholder('given', DataType.uint8, [64]);
  const seen = graph.cast(given, DataType.uint8, DataType.float);
  const session = new Session(graph.nodes);
  const warn = vi.spyOn(process, 'emitWarning');
  const feed = { shape: [64], values: Buffer.from(new Uint8Array(64).fill(7).buffer) };
  const [fetched] = session.run({ [given]: feed }, [seen]);
  expect([...fetched!.values]).toEqual(new Array(64).fill(7));
  expect(warn).not.toHaveBeenCalled();
  session.dispose();
});
