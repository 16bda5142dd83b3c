/** What the preload hands to the page as `window.receptive`: the page's only way out of its sandbox. */
import type { EventName, Events } from './events.ts';
import type { Params, Reply, RequestName, Result } from './protocol.ts';

/** The parameters of a request: left out where it takes none. */
export type RequestArguments<N extends RequestName> = undefined extends Params<N> ? [] : [params: Params<N>];

export interface Bridge {
  /** Never rejects: what went wrong is in the reply. */
  request<N extends RequestName>(name: N, ...params: RequestArguments<N>): Promise<Reply<Result<N>>>;
  /** Calls `listener` at every such event until the returned function is called. */
  on<N extends EventName>(event: N, listener: (payload: Events[N]) => void): () => void;
  /**
   * Absolute paths of files (or folders) that were dropped on the window or chosen in it; whatever is not on disk is left
   * out. The screen may show previews of these paths, see `fileUrl`.
   */
  pathsOf(files: File[]): string[];
}

declare global {
  interface Window {
    receptive: Bridge;
  }
}

/** Address of a project image, no larger than `size` pixels on its longer side. */
export function imageUrl(id: number, size: number): string {
  return `app://image/${id}?size=${size}`;
}

/** Address of a preview of a file that was dropped on the window or classified. */
export function fileUrl(path: string, size: number): string {
  return `app://file/${encodeURIComponent(path)}?size=${size}`;
}
