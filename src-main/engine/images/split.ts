/** Which images train, which validate, which are kept for the final test. */
import type { Split } from '../../shared/image-query.ts';
import { createRandom } from '../../shared/random.ts';

export type Side = Exclude<Split, 'none'>;
type HeldOut = Exclude<Side, 'train'>;

/** In the order in which an image is kept by a group that is on several. */
const inOrder: readonly Side[] = ['train', 'validation', 'test'];
const heldOutSides: readonly HeldOut[] = ['validation', 'test'];

/** What is settled about the images before they are split, each in the order of the labels. */
export interface Bounds {
  /** The sides of images that stay where they are; null for those to be split. */
  sides?: readonly (Side | null)[];
  /** Images with the same number come to one side; null for an image that goes alone. */
  groups?: readonly (number | null)[];
}

/** Images that come to one side together: how many of each class, and which. */
interface Unit {
  members: number[];
  counts: Map<number, number>;
}

/** What a class still wants on the sides that are held out, in images. */
interface Wants extends Record<HeldOut, number> {
  /** How many can be held out in all, so that one is left to train. */
  spare: number;
}

/**
 * Holds out a share of every class, at random but the same for the same labels, shares, seed and bounds. Per class the
 * held-out counts are rounded, at least one where a share is asked for and the class has three images or more, and at
 * least one image always stays in training: a class with one image is trained on, never held out.
 *
 * Images that have a side keep it and count: the others fill what is wanting to the shares. Images of a group come to
 * one side, that of the group's images that have one (of several: training before validation before test). A side then
 * misses a class's count by less than the largest group of that class; by more only where a group holds several classes
 * or the images that have a side leave no other way.
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
  bounds: Bounds = {},
): Side[] {
  const sides = heldSides(labels.length, bounds);
  const wants = wantsOf(labels, sides, validationShare, testShare);
  const units = openUnits(labels, sides, bounds.groups);

  const put = ({ members, counts }: Unit, side: Side): void => {
    for (const at of members) sides[at] = side;
    if (side === 'train') return;
    for (const [label, count] of counts) {
      wants.get(label)![side] -= count;
      wants.get(label)!.spare -= count;
    }
  };
  const fits = ({ counts }: Unit, side: HeldOut): boolean =>
    [...counts].every(([label, count]) => {
      const want = wants.get(label)!;
      return count <= want[side] && count <= want.spare;
    });
  const place = (unit: Unit): void => put(unit, heldOutSides.find((side) => fits(unit, side)) ?? 'train');

  createRandom(seed, 'split several classes').shuffle(units.mixed).forEach(place);
  for (const [label, own] of units.ofClass) {
    // A stream of its own a class, so that a class's split does not change when another class gets images.
    createRandom(seed, `split ${label}`).shuffle(own).forEach(place);
    for (const side of heldOutSides) {
      const nearest = smallestToTrain(own, sides);
      const want = wants.get(label)!;
      // Too many by as many as would be wanting, or by fewer, is as near to the share; and it is not none.
      if (nearest && sizeOf(nearest) <= 2 * want[side] && sizeOf(nearest) <= want.spare) put(nearest, side);
    }
  }
  return sides as Side[];
}

const sizeOf = ({ members }: Unit): number => members.length;

function smallestToTrain(units: readonly Unit[], sides: readonly (Side | null)[]): Unit | undefined {
  return units
    .filter(({ members }) => sides[members[0]!] === 'train')
    .reduce<Unit | undefined>((best, unit) => (best && sizeOf(best) <= sizeOf(unit) ? best : unit), undefined);
}

/** The sides that images have, and those they get from their groups; null for those that are free. */
function heldSides(count: number, { sides = [], groups = [] }: Bounds): (Side | null)[] {
  const ofGroup = new Map<number, Side>();
  groups.forEach((group, at) => {
    const side = sides[at];
    if (group === null || !side) return;
    const known = ofGroup.get(group);
    if (known === undefined || inOrder.indexOf(side) < inOrder.indexOf(known)) ofGroup.set(group, side);
  });
  return Array.from({ length: count }, (_, at) => sides[at] ?? ofGroup.get(groups[at] ?? NaN) ?? null);
}

function wantsOf(
  labels: ArrayLike<number>,
  sides: readonly (Side | null)[],
  validationShare: number,
  testShare: number,
): Map<number, Wants> {
  const tallies = new Map<number, { all: number; free: number } & Record<Side, number>>();
  sides.forEach((side, at) => {
    const label = labels[at]!;
    const tally = tallies.get(label) ?? { all: 0, free: 0, train: 0, validation: 0, test: 0 };
    tally.all++;
    tally[side ?? 'free']++;
    tallies.set(label, tally);
  });
  const wants = new Map<number, Wants>();
  for (const [label, tally] of tallies) {
    const validation = heldOut(tally.all, validationShare, tally.all - 1);
    const test = heldOut(tally.all, testShare, tally.all - 1 - validation);
    wants.set(label, {
      validation: validation - tally.validation,
      test: test - tally.test,
      spare: tally.free - (tally.train > 0 ? 0 : 1),
    });
  }
  return wants;
}

function heldOut(count: number, share: number, most: number): number {
  const least = share > 0 && count >= 3 ? 1 : 0;
  return Math.min(Math.max(Math.round(count * share), least), most);
}

/** The images without a side: groups and single images of one class, by class, and groups of several classes. */
function openUnits(labels: ArrayLike<number>, sides: readonly (Side | null)[], groups: Bounds['groups'] = []) {
  const units: Unit[] = [];
  const byGroup = new Map<number, Unit>();
  sides.forEach((side, at) => {
    if (side !== null) return;
    const group = groups[at] ?? null;
    let unit = group === null ? undefined : byGroup.get(group);
    if (!unit) {
      units.push((unit = { members: [], counts: new Map() }));
      if (group !== null) byGroup.set(group, unit);
    }
    unit.members.push(at);
    unit.counts.set(labels[at]!, (unit.counts.get(labels[at]!) ?? 0) + 1);
  });
  const single = units.filter(({ counts }) => counts.size === 1);
  return {
    ofClass: Map.groupBy(single, ({ counts }) => [...counts.keys()][0]!),
    mixed: units.filter(({ counts }) => counts.size > 1),
  };
}
