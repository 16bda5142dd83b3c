import { expect, test } from 'vitest';
import { createClass, deleteClass } from '../../../src-main/engine/store/classes.ts';
import { excludeImages } from '../../../src-main/engine/store/exclusions.ts';
import { listImages } from '../../../src-main/engine/store/image-list.ts';
import { imageFacts } from '../../../src-main/engine/store/images.ts';
import { setLabels } from '../../../src-main/engine/store/labels.ts';
import { step } from '../../../src-main/engine/store/journal.ts';
import {
  acceptAbove,
  acceptSuggestions,
  beginPredictions,
  clearPredictions,
  imageStates,
  predictionState,
  writePredictions,
} from '../../../src-main/engine/store/predictions.ts';
import type { Project } from '../../../src-main/engine/store/project.ts';
import { projectWithImages, useTemporaryHome } from './support.ts';

useTemporaryHome();

/** Six images; 1 to 4 predicted "cat", 5 and 6 "dog", each ten percent surer than the one before it, from 40 %. */
function predicted(): { project: Project; cat: number; dog: number } {
  const project = projectWithImages(6);
  const cat = createClass(project.db, 'cat').id;
  const dog = createClass(project.db, 'dog').id;
  beginPredictions(project.db, 'the first run');
  writePredictions(
    project.db,
    [1, 2, 3, 4, 5, 6].map((imageId) => ({
      imageId,
      classId: imageId <= 4 ? cat : dog,
      confidence: 0.3 + imageId / 10,
      margin: imageId / 10,
    })),
  );
  return { project, cat, dog };
}
const labels = (project: Project): number[] => [...listImages(project.db, {}).classIds];

test('predictions are no labels, and are told with who made them', () => {
  const { project, cat, dog } = predicted();
  expect(labels(project)).toEqual([0, 0, 0, 0, 0, 0]);
  expect([...listImages(project.db, {}).predictedIds]).toEqual([cat, cat, cat, cat, dog, dog]);
  expect(predictionState(project.db)).toMatchObject({ source: 'the first run', suggested: 6 });
  expect([...listImages(project.db, { sort: { by: 'uncertainty', descending: true } }).ids]).toEqual([
    1, 2, 3, 4, 5, 6,
  ]);
  project.close();
});

test('accepting labels what has none, as suggestions, in one undoable change that gives the suggestions back', () => {
  const { project, cat, dog } = predicted();
  setLabels(project.db, [2], dog);
  excludeImages(project.db, [3], true);
  const accepted = acceptSuggestions(project.db, [1, 2, 3, 5, 5]);
  expect(accepted).toEqual(
    new Map([
      [cat, [1]],
      [dog, [5]],
    ]),
  );
  expect(labels(project)).toEqual([cat, dog, 0, 0, dog, 0]);
  expect(imageFacts(project.db, 1).origin).toBe('suggestion');
  expect(imageFacts(project.db, 2).origin).toBe('person');
  expect(predictionState(project.db).suggested).toBe(2);
  expect(project.summary().undo).toBe('Accept the suggestion of 2 images');
  step(project.db, 'undo');
  expect(labels(project)).toEqual([0, dog, 0, 0, 0, 0]);
  expect(imageFacts(project.db, 1)).toMatchObject({ origin: 'none', prediction: { classId: cat } });
  step(project.db, 'redo');
  expect(imageFacts(project.db, 5)).toMatchObject({ classId: dog, origin: 'suggestion' });
  project.close();
});

test('accepting what is sure enough, of all classes or one', () => {
  const { project, cat, dog } = predicted();
  expect(acceptAbove(project.db, 0.6, cat)).toEqual(new Map([[cat, [3, 4]]]));
  expect(labels(project)).toEqual([0, 0, cat, cat, 0, 0]);
  expect(acceptAbove(project.db, 0.5)).toEqual(
    new Map([
      [cat, [2]],
      [dog, [5, 6]],
    ]),
  );
  expect(acceptAbove(project.db, 0.95)).toEqual(new Map());
  expect(project.summary().undo).toBe('Accept the suggestion of 3 images');
  project.close();
});

test('later predictions replace earlier ones; a class that went meanwhile is passed over', () => {
  const { project, cat, dog } = predicted();
  deleteClass(project.db, cat, null);
  beginPredictions(project.db, 'the second run');
  writePredictions(project.db, [
    { imageId: 5, classId: cat, confidence: 1, margin: 1 },
    { imageId: 6, classId: dog, confidence: 0.25, margin: 0.1 },
  ]);
  expect(imageFacts(project.db, 5).prediction).toEqual({ classId: dog, confidence: 0.8 });
  expect(imageFacts(project.db, 6).prediction).toEqual({ classId: dog, confidence: 0.25 });
  expect(predictionState(project.db)).toMatchObject({ source: 'the second run', suggested: 2 });
  clearPredictions(project.db);
  expect(predictionState(project.db)).toEqual({ source: null, madeAt: null, suggested: 0 });
  project.close();
});

test('images that are excluded or have no class are told as such to whoever predicts', () => {
  const { project, dog } = predicted();
  setLabels(project.db, [2], dog);
  excludeImages(project.db, [3], true);
  const files = imageStates(project.db);
  expect(files.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(files[1]).toEqual({ id: 2, bytes: 100, modifiedMs: 1_700_000_000_000.5, classId: dog, usable: true });
  expect(files[2]!.usable).toBe(false);
  project.close();
});
