/** One request from outside: checked, handed to its handler, and answered, whatever happens in between. */
import { z } from 'zod';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { engineRequests } from '../../shared/protocol.ts';
import { noteRequest } from '../quiet.ts';
import type { EngineHandlers, EngineRequestName, Reply } from '../../shared/protocol.ts';

const isRequest = (name: string): name is EngineRequestName => Object.hasOwn(engineRequests, name);

/** Main has checked the parameters already; checking again is cheap, and fills the defaults for whoever else asks. */
export async function answer(handlers: EngineHandlers, name: string, params: unknown): Promise<Reply<unknown>> {
  try {
    noteRequest();
    if (!isRequest(name)) throw new ReceptiveError('unsupported', `The engine knows no request "${name}".`);
    const parsed = engineRequests[name].params.safeParse(params);
    if (!parsed.success) {
      throw new ReceptiveError('usage', `${name} was asked with wrong parameters: ${z.prettifyError(parsed.error)}`);
    }
    const handler = handlers[name] as (checked: unknown) => unknown;
    return { ok: true, value: await handler(parsed.data) };
  } catch (error) {
    const report = reportError(error);
    // What was not foreseen is a fault of ours: the place it came from is kept for whoever looks for it.
    if (report.code === 'internal') console.error(`${name}:`, error);
    return { ok: false, error: report };
  }
}
