/** All that the quality scan finds in a set of images whose measures are known. */
import type { ImageMeasures } from '../../shared/decoder.ts';
import type { FindingKind } from '../../shared/image-query.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import { Grouping } from './groups.ts';
import { judge } from './judge.ts';
import type { JudgedImage } from './judge.ts';
import { Pairs } from './pairs.ts';
import { Signatures } from './signatures.ts';

export interface Finding {
  kind: FindingKind;
  /** Index among the images. */
  index: number;
  /** The number of a duplicate's group, else what was measured. */
  value: number;
}

/** Images and their measures, taken in any order; those that could not be measured are left out. */
export class MeasuredImages {
  readonly #judged: (JudgedImage | null)[];
  readonly #signatures: Signatures;

  constructor(count: number) {
    this.#judged = new Array<JudgedImage | null>(count).fill(null);
    this.#signatures = new Signatures(count);
  }

  set(index: number, path: string, measures: ImageMeasures): void {
    this.#signatures.set(index, measures);
    const { luma: _luma, chroma: _chroma, ...figures } = measures;
    this.#judged[index] = { ...figures, path };
  }

  /** Indexes of the images that were measured, and what there is of these; nothing can be set afterwards. */
  close(): { indexes: number[]; images: JudgedImage[]; signatures: Signatures } {
    const indexes = this.#judged.flatMap((image, index) => (image ? [index] : []));
    this.#signatures.keep(indexes);
    return { indexes, images: this.#judged.filter((image) => image !== null), signatures: this.#signatures };
  }
}

interface Options {
  signal?: AbortSignal | undefined;
  /** Of the search for duplicates, the long part. */
  onProgress?: (done: number, total: number) => void;
}

/** @throws ReceptiveError `interrupted` */
export async function findIn(measured: MeasuredImages, options: Options = {}): Promise<Finding[]> {
  const { indexes, images, signatures } = measured.close();
  const exact = sameContent(images);
  const near = await nearDuplicates(images, signatures, exact, options);
  return [...inGroups('exactDuplicate', exact), ...inGroups('nearDuplicate', near), ...judge(images)].map(
    (finding) => ({ ...finding, index: indexes[finding.index]! }),
  );
}

const inGroups = (kind: FindingKind, groups: readonly (readonly number[])[]): Finding[] =>
  groups.flatMap((members, group) => members.map((index) => ({ kind, index, value: group + 1 })));

/** Groups of at least two images whose files are byte for byte the same. */
function sameContent(images: readonly JudgedImage[]): number[][] {
  const byContent = Map.groupBy(images.keys(), (index) => Buffer.from(images[index]!.content).toString('base64'));
  return [...byContent.values()].filter(({ length }) => length > 1);
}

/** Groups of images that show the same, exact copies with them. */
async function nearDuplicates(
  images: readonly JudgedImage[],
  signatures: Signatures,
  exact: readonly (readonly number[])[],
  { signal, onProgress }: Options,
): Promise<number[][]> {
  const copies = new Map(exact.map(([first, ...others]) => [first!, others]));
  const isCopy = new Set([...copies.values()].flat());
  const pixels = (index: number): number => images[index]!.width * images[index]!.height;
  const order = [...images.keys()].filter((index) => !isCopy.has(index)).sort((a, b) => pixels(b) - pixels(a) || a - b);
  const grouping = new Grouping(new Pairs(signatures));
  let paused = performance.now();
  for (const [done, index] of order.entries()) {
    grouping.take(index);
    if (performance.now() - paused < sliceMs) continue;
    onProgress?.(done + 1, order.length);
    await new Promise((resolve) => setImmediate(resolve));
    throwIfInterrupted(signal);
    paused = performance.now();
  }
  onProgress?.(order.length, order.length);
  return order
    .filter((index) => copies.has(index))
    .filter((index) => !grouping.isGrouped(index))
    .map((index) => [index])
    .concat(grouping.groups())
    .map((members) => members.flatMap((index) => [index, ...(copies.get(index) ?? [])]).sort((a, b) => a - b))
    .sort(([a], [b]) => a! - b!);
}

/** The engine answers others in between. */
const sliceMs = 8;
