/** What may pass from the page to main and the engine. */
import { z } from 'zod';
import { ReceptiveError } from '../shared/errors.ts';
import { requests } from '../shared/protocol.ts';
import type { Params, RequestName } from '../shared/protocol.ts';
import { isGranted } from './granted-paths.ts';

/**
 * The request as it may be handled: its name is in the protocol, its parameters fit their schema (defaults filled in).
 * @throws ReceptiveError 'usage'
 */
export function checkRequest(name: unknown, params: unknown): { name: RequestName; params: unknown } {
  if (typeof name !== 'string' || !Object.hasOwn(requests, name)) {
    throw new ReceptiveError('usage', `There is no request named ${JSON.stringify(name)}.`);
  }
  const known = name as RequestName;
  const checked = (requests[known].params as z.ZodType).safeParse(params);
  if (!checked.success) throw new ReceptiveError('usage', `${name}: ${z.prettifyError(checked.error)}`);
  if (known === 'files.thumbnail' && !isGranted((checked.data as Params<'files.thumbnail'>).path)) {
    throw new ReceptiveError('unreadable', 'Only files that were dropped or chosen can be previewed.');
  }
  return { name: known, params: checked.data };
}
