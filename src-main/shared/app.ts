/** What the program knows of itself and of the machine. */

/** What computes. */
export interface Computing {
  /** Version of the library. */
  tensorflow: string;
  device: 'cpu' | 'gpu';
  gpu: { found: boolean; used: boolean; reason: string };
}

export interface DoctorReport extends Computing {
  node: string;
  sharp: string;
  electron: { version: string; source: string };
}

export interface AppInfo {
  version: string;
  /** Why the window runs without Chromium's sandbox; null when it has one. */
  sandboxOff: string | null;
  engine: EngineState;
}

/** The engine as main sees it. `lost` is followed by `starting` on its own. */
export type EngineState = { state: 'starting' } | { state: 'ready' } | { state: 'lost'; reason: string };
