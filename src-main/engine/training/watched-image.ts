/** What is looked at while a run trains: an image that somebody chooses, meanwhile too, or one of the run's own. */
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { LiveLook } from '../../shared/inspection.ts';
import type { PixelImage } from '../../shared/pictures.ts';
import type { RunInfo } from '../../shared/run.ts';
import type { Model } from '../graph/model.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { loadInspectionBatch } from '../inspection/inspection-batch.ts';
import { LiveView, layersToShow } from './live-view.ts';
import type { LookAccount } from './look-budget.ts';
import type { Recorder } from './recorder.ts';

export class WatchedImage {
  #path: string | null = null;
  #onChange: () => void = () => undefined;

  get path(): string | null {
    return this.#path;
  }

  choose(path: string | null): void {
    this.#path = path;
    this.#onChange();
  }

  /** `listener` is called after each choice. */
  follow(listener: () => void): void {
    this.#onChange = listener;
  }
}

/**
 * Of the watched image, in its place the first of the run's fixed batch; null where nobody looks, nothing has maps, or
 * that batch is gone.
 */
export async function openLiveView(
  info: RunInfo,
  model: Model,
  recorder: Recorder | null,
  account: LookAccount,
  { folder, decoder, watched }: { folder: string; decoder: DecoderClient; watched?: WatchedImage | undefined },
  { onLive, onWarning }: { onLive?(look: LiveLook): void; onWarning(warning: ReceptiveError): void },
): Promise<LiveView | null> {
  if (!onLive || layersToShow(model.network, model.classes).length === 0) return null;
  const source = { folder, inspectionBatch: info.source.inspectionBatch.slice(0, 2) };
  const { preprocessing } = info;
  const batch = await loadInspectionBatch({ preprocessing, source }, decoder);
  if (!batch) return null;
  const { height, width, channels } = preprocessing;
  const own = batch.pixels.slice(0, height * width * channels);
  const toImage = (pixels: Uint8Array): PixelImage => ({ height, width, channels, pixels });
  const view = new LiveView(model, toImage(own), () => recorder?.latest ?? null, onLive, account);
  const showWatched = async (): Promise<void> => {
    const path = watched?.path ?? null;
    const pixels = path === null ? own : await decoder.pixels(path, preprocessing).catch(unwatched);
    // Another one may have been chosen meanwhile.
    if (path === (watched?.path ?? null)) view.show(toImage(pixels));
  };
  const unwatched = (error: unknown): Uint8Array => {
    const { code, message } = reportError(error);
    onWarning(new ReceptiveError(code, `The watched image cannot be shown: ${message}`, 'Watch another one.'));
    return own;
  };
  watched?.follow(() => void showWatched());
  await showWatched();
  return view;
}
