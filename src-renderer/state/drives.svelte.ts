import type { AscentStart, Ranking } from '../../src-main/shared/inspect/drives.ts';
import { usualAscent } from '../../src-main/shared/inspect/drives.ts';
import type { Subject } from '../../src-main/shared/inspection.ts';
import type { PixelImage } from '../../src-main/shared/pictures.ts';
import type { Params } from '../../src-main/shared/protocol.ts';
import { connection } from './connection.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { GrowingAnswer } from './growing-answer.svelte.ts';
import { keyOf } from './inspect.svelte.ts';

/** What is chosen on the screen, whatever layer is looked at. */
class DrivesChoices {
  section = $state<'images' | 'picture' | 'field'>('images');
  ranking = $state<Ranking>('cell');
  /** Images that are looked at; null for all. */
  images = $state<number | null>(1000);
  seed = $state(1);
  start = $state<AscentStart>('noise');
  /** Whether the middle cell is maximised, not the mean of the map. */
  oneCell = $state(false);
  ascent = $state.raw<Record<keyof typeof usualAscent, number>>({ ...usualAscent });
  /** Whether one map is measured, not all together. */
  oneMap = $state(false);
  fieldImages = $state(16);
}

/** Images as a network sees them, read once. */
export class SeenImages {
  readonly #connection: Connection;
  #key = '';
  /** Those that have come, and those that are on their way. */
  #asked = new Set<number>();
  #images = $state.raw<ReadonlyMap<number, PixelImage | null>>(new Map());

  constructor(line: Connection) {
    this.#connection = line;
  }

  /** null where it cannot be read; undefined until it has come. */
  get(id: number): PixelImage | null | undefined {
    return this.#images.get(id);
  }

  async want(subject: Subject, ids: readonly number[]): Promise<void> {
    const key = keyOf(subject);
    if (key !== this.#key) {
      this.#key = key;
      this.#images = new Map();
      this.#asked = new Set();
    }
    const asked = this.#asked;
    const imageIds = ids.filter((id) => !asked.has(id));
    if (imageIds.length === 0) return;
    imageIds.forEach((id) => asked.add(id));
    const pictures = await this.#connection.request('drives.pixels', { subject, imageIds }).catch((error: unknown) => {
      imageIds.forEach((id) => asked.delete(id));
      throw error;
    });
    if (key !== this.#key) return;
    this.#images = new Map([...this.#images, ...imageIds.map((id, at) => [id, pictures[at]!] as const)]);
  }
}

export const choices = new DrivesChoices();
export const exciting = new GrowingAnswer(connection, {
  ask: (question: Params<'drives.images'>) => connection.request('drives.images', question),
  event: 'drives.images',
  kind: 'excitingImages',
});
export const ascending = new GrowingAnswer(connection, {
  ask: (question: Params<'drives.picture'>) => connection.request('drives.picture', question),
  event: 'drives.picture',
  kind: 'maximise',
});
export const seeing = new GrowingAnswer(connection, {
  ask: (question: Params<'drives.field'>) => connection.request('drives.field', question),
  event: 'drives.field',
  kind: 'effectiveField',
});
export const growing = new GrowingAnswer(connection, {
  ask: (question: Params<'drives.growth'>) => connection.request('drives.growth', question),
  event: 'drives.growth',
  kind: 'fieldGrowth',
});
