/** Which images train, which validate, which are kept for the final test. */
import type { Split } from '../../shared/image-query.ts';
import { createRandom } from '../../shared/random.ts';

type Side = Exclude<Split, 'none'>;

/**
 * Holds out a share of every class, at random but the same for the same labels, shares and seed. Per class the held-out
 * counts are rounded, at least one where a share is asked for and the class has three images or more, and at least one
 * image always stays in training: a class with one image is trained on, never held out.
 *
 * 10 images of class 0 and 5 of class 1 at a validation share of 0.2: 2 and 1 images validate, 8 and 4 train.
 * @param labels the class of each image, any whole numbers.
 * @returns the side of each image, in the order of `labels`.
 */
export function splitStratified(
  labels: ArrayLike<number>,
  validationShare: number,
  testShare: number,
  seed: number,
): Side[] {
  const classes = new Map<number, number[]>();
  for (let at = 0; at < labels.length; at++) {
    const members = classes.get(labels[at]!);
    if (members) members.push(at);
    else classes.set(labels[at]!, [at]);
  }
  const sides = new Array<Side>(labels.length).fill('train');
  for (const [label, members] of classes) {
    // A stream of its own a class, so that a class's split does not change when another class gets images.
    createRandom(seed, `split ${label}`).shuffle(members);
    const validation = heldOut(members.length, validationShare, members.length - 1);
    const test = heldOut(members.length, testShare, members.length - 1 - validation);
    for (const at of members.slice(0, validation)) sides[at] = 'validation';
    for (const at of members.slice(validation, validation + test)) sides[at] = 'test';
  }
  return sides;
}

function heldOut(count: number, share: number, most: number): number {
  const least = share > 0 && count >= 3 ? 1 : 0;
  return Math.min(Math.max(Math.round(count * share), least), most);
}
