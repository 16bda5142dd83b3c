/**
 * Every text on the screen. A catalogue is one folder with a file a view; another language is another folder of the same
 * type, chosen here.
 */
import { augmentation } from './en/augmentation.ts';
import { batchNorm } from './en/batch-norm.ts';
import { bringIn } from './en/bring-in.ts';
import { classes } from './en/classes.ts';
import { classify } from './en/classify.ts';
import { drives } from './en/drives.ts';
import { evaluate } from './en/evaluate.ts';
import { figures } from './en/figures.ts';
import { imageFilters } from './en/image-filters.ts';
import { giveBack } from './en/give-back.ts';
import { guide } from './en/guide.ts';
import { images } from './en/images.ts';
import { inspect } from './en/inspect.ts';
import { network } from './en/network.ts';
import { project } from './en/project.ts';
import { quality } from './en/quality.ts';
import { recovery } from './en/recovery.ts';
import { shell } from './en/shell.ts';
import { kernels } from './en/kernels.ts';
import { spreadHistory } from './en/spread-history.ts';
import { sum } from './en/sum.ts';
import { suggestions } from './en/suggestions.ts';
import { explain } from './en/explain.ts';
import { findRate } from './en/find-rate.ts';
import { train } from './en/train.ts';

const english = {
  shell,
  project,
  recovery,
  images,
  bringIn,
  classes,
  imageFilters,
  suggestions,
  quality,
  network,
  findRate,
  train,
  augmentation,
  inspect,
  sum,
  kernels,
  batchNorm,
  explain,
  drives,
  spreadHistory,
  evaluate,
  figures,
  classify,
  giveBack,
  guide,
};

export type Messages = typeof english;

export const text: Messages = english;
