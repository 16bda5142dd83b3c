/**
 * Every request between the screen, main and the engine; what is told without a request is in events.ts. A request is one
 * entry in one of the tables of requests/; the engine's handler table is checked against `EngineHandlers` by the compiler,
 * so a request without a handler does not build.
 */
import { z } from 'zod';
import type { AppInfo } from './app.ts';
import type { ErrorReport } from './errors.ts';
import { drivesRequests } from './requests/drives.ts';
import { imageRequests } from './requests/images.ts';
import { inspectRequests } from './requests/inspect.ts';
import { projectRequests } from './requests/project.ts';
import { none, path, request } from './requests/request.ts';
import type { RequestType } from './requests/request.ts';
import { resultRequests } from './requests/results.ts';
import { trainingRequests } from './requests/training.ts';

export const engineRequests = {
  ...projectRequests,
  ...imageRequests,
  ...trainingRequests,
  ...inspectRequests,
  ...drivesRequests,
  ...resultRequests,
} as const;

/** Requests that main answers itself: dialogs, and what it knows of the engine. */
export const mainRequests = {
  'app.info': request<AppInfo>()(none),
  'dialog.openFolder': request<string | null>()(none),
  'dialog.openFile': request<string | null>()(z.strictObject({ title: z.string(), extensions: z.array(z.string()) })),
  /** Asks for a path that does not exist yet. */
  'dialog.save': request<string | null>()(z.strictObject({ title: z.string(), name: z.string() })),
  'app.showInFolder': request<void>()(z.strictObject({ path })),
} as const;

export const requests = { ...engineRequests, ...mainRequests };

type Requests = typeof requests;
export type RequestName = keyof Requests;
export type EngineRequestName = keyof typeof engineRequests;
export type MainRequestName = keyof typeof mainRequests;
/** Parameters as the caller writes them (defaults may be left out). */
export type Params<N extends RequestName> = z.input<Requests[N]['params']>;
/** Parameters as the handler gets them. */
export type Checked<N extends RequestName> = z.output<Requests[N]['params']>;
export type Result<N extends RequestName> = Requests[N] extends RequestType<z.ZodType, infer R> ? R : never;

export type Handlers<N extends RequestName> = { [K in N]: (params: Checked<K>) => Result<K> | Promise<Result<K>> };
export type EngineHandlers = Handlers<EngineRequestName>;
export type MainHandlers = Handlers<MainRequestName>;

/** How a reply crosses: Electron and structured clone both strip what an Error carries. */
export type Reply<R> = { ok: true; value: R } | { ok: false; error: ErrorReport };
