/** Groups of near duplicates: each member is one of its group's centre, so that likeness does not wander from image to image. */
import type { Pairs } from './pairs.ts';

/** A group up to this size can get another centre, for which all its members are compared. */
const mostRecentred = 12;
/** So many members of a group are found by those that come later; the rest are as good as these. */
const mostIndexed = 12;

interface Group {
  centre: number;
  members: number[];
}

/**
 * Takes images one after another; the largest are best taken first, since what was made of an image is like that image.
 * A star clustering (Aslam, Pelekhov, Rus, "The star clustering algorithm", JGAA 2004) that is made on the way.
 */
export class Grouping {
  readonly #pairs: Pick<Pairs, 'near' | 'areNear' | 'add'>;
  readonly #groupOf = new Map<number, Group>();

  constructor(pairs: Pick<Pairs, 'near' | 'areNear' | 'add'>) {
    this.#pairs = pairs;
  }

  take(index: number): void {
    let group: Group = { centre: index, members: [index] };
    this.#groupOf.set(index, group);
    for (const { other } of this.#pairs.near(index)) {
      const theirs = this.#groupOf.get(other)!;
      if (theirs !== group) group = this.#merge(group, theirs, [theirs.centre, other, index]) ?? group;
    }
    if (group.members.length <= mostIndexed) this.#pairs.add(index);
  }

  isGrouped(index: number): boolean {
    return this.#groupOf.get(index)!.members.length > 1;
  }

  /** Groups of at least two, in the order in which their first members were taken. */
  groups(): number[][] {
    return [...new Set(this.#groupOf.values())].map(({ members }) => members).filter(({ length }) => length > 1);
  }

  /** One group of both, around the first of the candidates that all members are near duplicates of; null without one. */
  #merge(a: Group, b: Group, candidates: number[]): Group | null {
    const members = [...b.members, ...a.members];
    const centre = candidates.find((candidate) => this.#isCentre(candidate, a) && this.#isCentre(candidate, b));
    if (centre === undefined) return null;
    const merged = { centre, members };
    for (const member of members) this.#groupOf.set(member, merged);
    return merged;
  }

  #isCentre(candidate: number, { centre, members }: Group): boolean {
    if (candidate === centre) return true;
    if (members.length > mostRecentred) return false;
    return members.every((member) => member === candidate || this.#pairs.areNear(candidate, member));
  }
}
