import type { Network } from '../../shared/network/spec.ts';
import type { Model } from '../graph/model.ts';

/** Hands out the model for a piece of work, in turn with others who use it. */
export type UseModel = <T>(work: (model: Model, network: Network) => T) => Promise<T>;
