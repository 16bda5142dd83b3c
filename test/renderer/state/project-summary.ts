/** The project of tests that need one, whichever it is. */
import type { ProjectSummary } from '../../../src-main/shared/project.ts';

export const summary: ProjectSummary = {
  name: 'p',
  path: '/p',
  sources: [],
  imageCount: 5,
  watchedImage: null,
  undo: null,
  redo: null,
};
