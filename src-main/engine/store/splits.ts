/** Which side an image is on: training, validation or test. */
import { splits } from '../../shared/project.ts';
import type { Split } from '../../shared/project.ts';
import { splitStratified } from '../images/split.ts';
import type { Database } from './database.ts';
import { labelledImages } from './images.ts';
import type { LabelledImage } from './images.ts';
import { record } from './journal.ts';

/** Shares of each class, 0 to 1, and the seed that says which images. */
export interface Shares {
  validationShare: number;
  testShare: number;
  seed: number;
}
