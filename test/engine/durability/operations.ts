/** Changes of every kind that a person makes, in an order that a seed decides: the same on the same project. */
import {
  createClass,
  deleteClass,
  listClasses,
  mergeClasses,
  renameClass,
} from '../../../src-main/engine/store/classes.ts';
import type { Database } from '../../../src-main/engine/store/database.ts';
import { excludeImages } from '../../../src-main/engine/store/exclusions.ts';
import { addImages } from '../../../src-main/engine/store/import.ts';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { nextLabel, step } from '../../../src-main/engine/store/journal.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { assignSplits, pinImages } from '../../../src-main/engine/store/splits.ts';
import { labelAsStated } from '../../../src-main/engine/store/stated-labels.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

/** Makes one change at each step; what it was is what it gives. */
export function* operations(db: Database, seed: number): Generator<string> {
  const random = createRandom(seed);
  const some = <T>(all: readonly T[]): T => all[random.int(all.length)]!;
  const images = (): number[] => {
    const { ids } = listImages(db, {});
    return Array.from({ length: 1 + random.int(20) }, () => ids[random.int(ids.length)]!);
  };
  const classes = (): number[] => listClasses(db).map(({ id }) => id);
  const kinds: Record<string, (number: number) => unknown> = {
    label: () => setLabels(db, images(), some(classes())),
    unlabel: () => setLabels(db, images(), null),
    exclude: () => excludeImages(db, images(), random.int(2) === 0),
    pin: () => pinImages(db, images(), some(['train', 'validation', 'test'] as const)),
    split: (number) => assignSplits(db, { validationShare: 0.2, testShare: 0.1, seed: number }, random.int(2) === 0),
    newClass: (number) => createClass(db, `class ${number}`),
    rename: (number) => renameClass(db, some(classes()), `renamed ${number}`),
    merge: () => classes().length > 3 && mergeClasses(db, classes()[0]!, classes()[1]!),
    remove: () => classes().length > 3 && deleteClass(db, some(classes().slice(0, -1)), classes().at(-1)!),
    import: (number) =>
      addImages(db, [
        { path: `/pictures/${number}.png`, status: 'ok' },
        { path: `/pictures/new/${number}.png`, status: 'ok' },
      ]),
    importLabels: (number) =>
      labelAsStated(
        db,
        images().map((id) => ({ id, class: `from a file ${number % 3}`, side: 'test' as const })),
        0,
      ),
    undo: () => nextLabel(db, 'undo') !== null && step(db, 'undo'),
    redo: () => nextLabel(db, 'redo') !== null && step(db, 'redo'),
  };
  for (let number = 1; ; number++) {
    const kind = some(Object.keys(kinds));
    kinds[kind]!(number);
    yield kind;
  }
}

/** What the operations may change. */
export const leftOut = ['project', 'sqlite_sequence'];
