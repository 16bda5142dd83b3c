import type { Prediction } from '../store/predictions.ts';

/**
 * Probabilities [images, classes] as predictions. `classIds` names the project's class of each column; a column without
 * one (null) takes no part, and its share of the probability goes to nobody.
 */
export function toPredictions(
  imageIds: readonly number[],
  probabilities: Float32Array,
  classIds: readonly (number | null)[],
): Prediction[] {
  const count = classIds.length;
  return imageIds.map((imageId, image) => {
    let best = -1;
    let next = 0;
    for (let column = 0; column < count; column++) {
      if (classIds[column] === null) continue;
      const probability = probabilities[image * count + column]!;
      const leader = best < 0 ? 0 : probabilities[image * count + best]!;
      if (best < 0 || probability > leader) {
        next = leader;
        best = column;
      } else if (probability > next) next = probability;
    }
    const confidence = probabilities[image * count + best]!;
    return { imageId, classId: classIds[best]!, confidence, margin: confidence - next };
  });
}
