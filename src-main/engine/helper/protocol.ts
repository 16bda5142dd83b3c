/** What crosses between the engine and a process of its own. */
import type { Reply } from '../../shared/protocol.ts';

/** What such a process can be asked: functions of one argument at most, which answer at once or later. */
export type Functions<F> = { [N in keyof F]: (given: never) => unknown };

export interface HelperSide {
  /** Errors cross as reports: structured clone strips what an Error carries. */
  call(name: string, given: unknown): Promise<Reply<unknown>>;
}

export interface OwnerSide<Told> {
  told(told: Told): void;
}
