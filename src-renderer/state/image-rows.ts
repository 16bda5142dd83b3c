import { imageStatuses, labelOrigins, splits } from '../../src-main/shared/image-query.ts';
import type { ImageStatus, LabelOrigin, Split } from '../../src-main/shared/image-query.ts';
import type { ClassInfo } from '../../src-main/shared/labelling.ts';
import type { ClassesState } from './classes.svelte.ts';
import { hasFlag, suggestedClass } from './image-columns.ts';
import type { ShownColumns } from './shown-columns.svelte.ts';

/** What the list shows of each of its images, by the image's place in it. */
export class ImageRows {
  readonly #list: ShownColumns;
  readonly #classes: ClassesState;

  constructor(list: ShownColumns, classes: ClassesState) {
    this.#list = list;
    this.#classes = classes;
  }

  idAt(index: number): number {
    return this.#list.ids[index] ?? 0;
  }

  /** The class shown on an image: the one just given, else the saved one; null for none. */
  classAt(index: number): ClassInfo | null {
    return this.#classes.byId(this.#list.columns.classIds[index] ?? 0);
  }

  originAt(index: number): LabelOrigin {
    return labelOrigins[this.#list.columns.origins[index] ?? 0] ?? 'none';
  }

  splitAt(index: number): Split {
    return splits[this.#list.columns.splits[index] ?? 0] ?? 'none';
  }

  isExcludedAt(index: number): boolean {
    return hasFlag(this.#list.columns, index, 'excluded');
  }

  isPinnedAt(index: number): boolean {
    return hasFlag(this.#list.columns, index, 'pinned');
  }

  /** Its file was not there when it was last looked for. */
  isMissingAt(index: number): boolean {
    return hasFlag(this.#list.columns, index, 'missing');
  }

  /** What the newest predictions say; the confidence is 0 to 1. */
  predictionAt(index: number): { info: ClassInfo; confidence: number } | null {
    const info = this.#classes.byId(this.#list.columns.predictedIds[index] ?? 0);
    return info && { info, confidence: this.#list.columns.confidences[index] ?? 0 };
  }

  /** What is suggested for an image without a label. */
  suggestionAt(index: number): { info: ClassInfo; confidence: number } | null {
    return suggestedClass(this.#list.columns, index) === 0 ? null : this.predictionAt(index);
  }

  statusAt(index: number): ImageStatus {
    return imageStatuses[this.#list.columns.statuses[index] ?? 0] ?? 'ok';
  }
}
