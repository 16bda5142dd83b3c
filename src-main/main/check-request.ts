/** What may pass from the page to main and the engine. */
import { z } from 'zod';
import { ReceptiveError } from '../shared/errors.ts';
import { requests } from '../shared/protocol.ts';
import type { Checked, RequestName } from '../shared/protocol.ts';
import { isGranted, isTarget } from './granted-paths.ts';

/** The paths in a request's parameters. */
type PathsOf = { [N in RequestName]?: (params: Checked<N>) => readonly string[] };

const reads: PathsOf = {
  'project.open': ({ path }) => [path],
  'project.snapshots': ({ path }) => [path],
  'project.restore': ({ path }) => [path],
  'project.fromFolder': ({ folder }) => [folder],
  'images.examine': ({ paths }) => paths,
  'images.import': ({ paths }) => paths,
  'images.locate': ({ folder }) => [folder],
  'classify.start': ({ paths }) => paths,
  'networks.readFile': ({ path }) => [path],
  'files.thumbnail': ({ path }) => [path],
};

const writes: PathsOf = {
  'project.move': ({ to }) => [to],
  'networks.writeFile': ({ path }) => [path],
  'files.write': ({ path }) => [path],
  'classify.saveCsv': ({ path }) => [path],
  'export.tfjs': ({ path }) => [path],
  'labels.export': ({ path }) => [path],
};

/**
 * The request as it may be handled: its name is in the protocol, its parameters fit their schema (defaults filled in),
 * and a person dropped or chose every path in it. So a page that went wrong reads and writes nothing else.
 * @throws ReceptiveError 'usage', 'unreadable'
 */
export function checkRequest(name: unknown, params: unknown): { name: RequestName; params: unknown } {
  if (typeof name !== 'string' || !Object.hasOwn(requests, name)) {
    throw new ReceptiveError('usage', `There is no request named ${JSON.stringify(name)}.`);
  }
  const known = name as RequestName;
  const checked = (requests[known].params as z.ZodType).safeParse(params);
  if (!checked.success) throw new ReceptiveError('usage', `${name}: ${z.prettifyError(checked.error)}`);
  requireChosen(reads, isGranted, known, checked.data);
  requireChosen(writes, isTarget, known, checked.data);
  return { name: known, params: checked.data };
}

function requireChosen(table: PathsOf, isChosen: (path: string) => boolean, name: RequestName, params: unknown): void {
  const pathsOf = table[name] as ((params: unknown) => readonly string[]) | undefined;
  const stranger = pathsOf?.(params).find((path) => !isChosen(path));
  if (stranger === undefined) return;
  throw new ReceptiveError(
    'unreadable',
    `"${stranger}" was not dropped or chosen, so it is not used.`,
    'Drop it on the window, or choose it in a dialog.',
  );
}
