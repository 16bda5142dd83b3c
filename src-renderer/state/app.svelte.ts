import type { AppInfo, DoctorReport } from '../../src-main/shared/app.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';

/** In the order of the rail, which is the order of the work; Ctrl+1 is the first. */
export const viewNames = ['images', 'network', 'train', 'inspect', 'evaluate', 'classify'] as const;
export type ViewName = (typeof viewNames)[number];

/** Dialogs that a command can open from anywhere. */
export type DialogName =
  'createProject' | 'assignSplits' | 'rejectedImages' | 'imagesNotFound' | 'exportLabels' | 'keys';

/** The window itself: which view is shown, whether the palette is open, what computes. */
export class AppState {
  readonly #connection: Connection;
  #view = $state<ViewName>('images');
  #info = $state.raw<AppInfo | null>(null);
  #doctor = $state.raw<DoctorReport | null>(null);
  #deviceBytes = $state<number | null>(null);
  /** Bound by the parts that show them. */
  paletteOpen = $state(false);
  dialog = $state<DialogName | null>(null);

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get view(): ViewName {
    return this.#view;
  }

  get info(): AppInfo | null {
    return this.#info;
  }

  get doctor(): DoctorReport | null {
    return this.#doctor;
  }

  /** Memory of the device that trains; null while it is not known. */
  get deviceBytes(): number | null {
    return this.#deviceBytes;
  }

  go(view: ViewName): void {
    this.#view = view;
  }

  async readInfo(): Promise<AppInfo> {
    this.#info = await this.#connection.request('app.info');
    return this.#info;
  }

  async readDoctor(): Promise<void> {
    this.#doctor = await this.#connection.request('engine.doctor');
    this.#deviceBytes = await this.#connection.request('engine.memory');
  }
}

export const app = new AppState(connection);
