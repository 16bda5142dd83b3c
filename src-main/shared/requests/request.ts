/** What the tables of requests are made of: the type of a request, and the parameters that several have. */
import { z } from 'zod';
import { weightsChoices } from '../run.ts';

/** One request: the schema of its parameters, checked in main, and the type of its reply. */
export interface RequestType<P extends z.ZodType, R> {
  params: P;
  /** Exists for the compiler only. */
  reply?: R;
}
export const request =
  <R>() =>
  <P extends z.ZodType>(params: P): RequestType<P, R> => ({ params });

export const none = z.undefined();
export const id = z.number().int().min(1);
export const ids = z.array(id);
export const path = z.string().min(1);
export const runId = z.string().min(1);
/** A run with its newest weights, or with those of its best epoch. */
export const runWeights = z.strictObject({ runId, weights: z.enum(weightsChoices).default('last') });
