/** Why training cannot start, the first reason that has to go. */
import type { Problem } from '../../../src-main/shared/network/index.ts';
import { text } from '../../messages/index.ts';
import type { ViewName } from '../../state/app.svelte.ts';

export interface Situation {
  engineReady: boolean;
  projectOpen: boolean;
  importing: boolean;
  classesWithImages: number;
  networkName: string;
  networkProblem: Problem | null;
  recipeRight: boolean;
}

export interface Blocker {
  message: string;
  hint?: string;
  /** The view where it can be mended. */
  view?: ViewName;
}

export function startBlocker(situation: Situation): Blocker | null {
  const words = text.train;
  if (!situation.engineReady) return { message: words.engineAway };
  if (!situation.projectOpen) return { message: words.noProject, hint: words.noProjectHint, view: 'images' };
  if (situation.importing) return { message: words.importing };
  if (situation.classesWithImages < 2) {
    return { message: words.fewClasses(situation.classesWithImages), hint: words.fewClassesHint, view: 'images' };
  }
  if (situation.networkProblem) {
    const { message, hint } = situation.networkProblem;
    return { message: words.wrongNetwork(situation.networkName, message), hint: hint || undefined, view: 'network' };
  }
  return situation.recipeRight ? null : { message: words.wrongRecipe };
}
