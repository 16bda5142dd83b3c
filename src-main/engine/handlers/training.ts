/** Training on the project's labelled images, in a process of its own; what it tells goes to the project and the screen. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CrashedRuns } from '../../shared/crashed-runs.ts';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { ErrorReport } from '../../shared/errors.ts';
import { checkNetwork } from '../../shared/network/index.ts';
import type { Events } from '../../shared/events.ts';
import type { Checked } from '../../shared/protocol.ts';
import type { Recipe, RunInfo } from '../../shared/run.ts';
import type { LabelledFile } from '../training/prepare.ts';
import { listed } from '../training/source-files.ts';
import type { TrainingResult } from '../training/training-functions.ts';
import type { TrainingProcess, Hears } from '../training/training-process.ts';
import type { Database } from '../store/database.ts';
import { imageFacts, imageFiles, labelledImages, rejectImages } from '../store/images.ts';
import type { LabelledImage } from '../store/images.ts';
import type { Project } from '../store/project.ts';
import { markMissing } from '../store/relocate.ts';
import { endRun, indexRun, listRuns, newRunId, reopenRun, runFolder, runSides } from '../store/runs.ts';
import { countedImages } from '../store/selection.ts';
import { trainingSides } from '../store/splits.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';
import { queueHandlers } from './queue.ts';
import type { WaitingPlace } from './queue.ts';
import type { TrainingEnd } from './trainings.ts';
import { epochsSaved } from '../training/checkpoint.ts';
import { checkpointsName, readRunInfo } from '../training/run-files.ts';

/** What one run learns: the classes that have images, and the images of each side. */
export function planOf(project: Project, recipe: Checked<'training.start'>['recipe']) {
  const sides = trainingSides(project.db, recipe);
  const used = [...sides.training, ...sides.validation];
  const names = new Map(used.map(({ classId, className }) => [classId, className]));
  const classIds = [...names.keys()].toSorted((a, b) => a - b);
  const label = new Map(classIds.map((id, index) => [id, index]));
  const toFile = ({ path, classId }: LabelledImage): LabelledFile => ({ path, label: label.get(classId)! });
  return {
    split: {
      classes: classIds.map((id) => names.get(id)!),
      training: sides.training.map(toFile),
      validation: sides.validation.map(toFile),
    },
    ids: { training: sides.training.map(({ id }) => id), validation: sides.validation.map(({ id }) => id) },
    idOf: new Map(used.map(({ path, id }) => [path, id])),
    /** Labelled, but known to be missing. */
    missing: labelledImages(project.db, 'missing').map(({ path }) => path),
  };
}

/** The images that a run of this project learnt from and was measured on, by path as they lie now. */
export function imagesOfRun(db: Database, runId: string): Map<string, number> {
  const sides = runSides(db, runId);
  if (!sides) {
    throw new ReceptiveError(
      'unsupported',
      `Run "${runId}" was not made in this project, so which of its images it learnt from is not known.`,
      'Go on with it on the command line: receptive train FOLDER --resume --out RUN.',
    );
  }
  const file = imageFiles(db);
  return new Map([...sides.training, ...sides.validation].map((id) => [file(id).path, id]));
}

/** What a run must know of the project's images to tell of them. */
interface KnownImages {
  idOf: ReadonlyMap<string, number>;
  /** Of the run, but known to be missing. */
  missing: readonly string[];
}

/** What a run says of images it went without; null when there are none. They stay as they are, should they come back. */
function wentWithout(missing: readonly string[]): ErrorReport | null {
  if (missing.length === 0) return null;
  return {
    code: 'not-found',
    message: `This run went without ${countedImages(missing.length)}, as the files are missing: ${listed(missing)}.`,
    hint: 'Find the files again in the Images view, then train again.',
  };
}

/** Of the image that is looked at while a run trains; null for one of the run's own. */
function watchedPath({ db, watchedImage }: Project): string | null {
  return watchedImage === null ? null : imageFacts(db, watchedImage).path;
}

interface Heard {
  /** The run has a folder and stands in the index. */
  indexed: boolean;
  /** The last thing that went wrong without ending the run. */
  warning: ErrorReport | null;
}

export function trainingHandlers(context: EngineContext): Part<'training' | 'queue'> {
  const { projects, trainings, tell } = context;
  /** The last that was told by a run that did not stand still. */
  let last: Events['training.progress'] | null = null;
  /** A run that ended before it had a folder keeps its id too: what was told of it is told of no other. */
  const given = new Set<string>();
  const crashedRuns = new CrashedRuns();
  /** The run whose process was just lost, to be gone on with before what waits. */
  let lost: string | null = null;

  /** What the run tells goes to the database and the screen; `heard` keeps what is needed when it ends. */
  function hearsOf(
    db: Database,
    runId: string,
    { idOf, missing }: KnownImages,
    heard: Heard,
    onStart: (info: RunInfo) => void,
  ): Hears {
    return {
      progress: (progress) => {
        const told = { runId, ...progress };
        if (progress.state !== 'paused') last = told;
        // The step in progress when the pause was asked for: the loop says itself when it stands still. And it may say so
        // just when it is asked to go on.
        const superseded = progress.state === (trainings.paused ? 'training' : 'paused');
        if (!superseded) tell('training.progress', told);
      },
      start: ({ info }) => {
        onStart(info);
        heard.indexed = true;
        changed(context, 'runs');
      },
      rejected: (rejected) => {
        const { gone = [], unusable = [] } = Object.groupBy(
          rejected.map(({ path, reason }) => ({ path, reason, id: idOf.get(path)! })),
          ({ path }) => (existsSync(path) ? 'unusable' : 'gone'),
        );
        rejectImages(db, unusable);
        markMissing(
          db,
          gone.map(({ id }) => id),
          true,
        );
        heard.warning = wentWithout([...missing, ...gone.map(({ path }) => path)]);
        changed(context, 'images', 'classes');
      },
      epoch: (metrics) => {
        crashedRuns.epochDone(runId, metrics.epoch);
        tell('training.epoch', { runId, metrics });
      },
      warning: (error) => {
        heard.warning = error;
        tell('training.warning', { runId, error });
      },
      live: (look) => tell('training.live', { runId, ...look }),
      decoderLost: (message) => tell('decoder.lost', { message }),
    };
  }

  /** Missing files that are back by now take part. */
  function lookAgain(db: Database): void {
    const back = labelledImages(db, 'missing').filter(({ path }) => existsSync(path));
    if (back.length === 0) return;
    markMissing(
      db,
      back.map(({ id }) => id),
      false,
    );
    changed(context, 'images');
  }

  type Train = (trainer: TrainingProcess) => Promise<TrainingResult>;

  function launch(
    { runId, ...run }: Omit<Events['training.started'], 'epochs'> & { recipe: Pick<Recipe, 'epochs'> },
    images: KnownImages,
    onStart: (info: RunInfo) => void,
    train: Train,
    onEnd: (ended: TrainingEnd, heard: Heard) => void = () => undefined,
  ) {
    const { db } = projects;
    const heard: Heard = { indexed: false, warning: wentWithout(images.missing) };
    trainings.start(runId, hearsOf(db, runId, images, heard, onStart), train, (ended, wanted) => {
      const goesOn = ended.end === 'engineLost' && wanted && crashedRuns.goesOn(runId);
      if (goesOn) lost = runId;
      onEnd(ended, heard);
      changed(context, 'runs');
      // Last, as it throws where the disk is full.
      if (heard.indexed) endRun(db, runId, ended.end);
      if (goesOn)
        return { ...ended, error: { ...ended.error!, hint: 'The run goes on by itself from its last checkpoint.' } };
      return { ...ended, error: ended.error ?? heard.warning };
    });
    given.add(runId);
    crashedRuns.began(runId, run.from);
    last = null;
    tell('training.started', { runId, name: run.name, epochs: run.recipe.epochs, from: run.from });
    return { runId };
  }

  /** `waiting` is its place in the queue, where it had one: that is given up once the run has a folder. */
  function start({ name, network, recipe }: Checked<'training.start'>, waiting?: WaitingPlace): { runId: string } {
    const { project, db } = projects;
    lookAgain(db);
    const { split, ids, ...images } = planOf(project, recipe);
    checkNetwork(network, split.classes.length);
    const runId = newRunId(db, given);
    const standardName = `Run of ${new Date().toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}`;
    const run = { out: join(project.runsFolder, runId), name: name || standardName, network, recipe, split };
    const { cacheFolder } = project;
    const folder = project.summary().sources[0] ?? project.path;
    const watched = watchedPath(project);
    return launch(
      { runId, name: run.name, recipe, from: null },
      images,
      (info) => {
        indexRun(db, runId, info, ids);
        waiting?.onBegun();
      },
      (trainer) => trainer.call('train', { ...run, folder, cacheFolder, watched }),
      (ended, { indexed }) => indexed || waiting?.onNeverBegun(ended),
    );
  }

  function resume({ runId }: Checked<'training.resume'>): { runId: string } {
    const { project, db } = projects;
    const path = runFolder(db, runId);
    const { source, recipe } = readRunInfo(path);
    const { folder } = source;
    const idOf = imagesOfRun(db, runId);
    const { cacheFolder } = project;
    const watched = watchedPath(project);
    const { name } = listRuns(db).find(({ id }) => id === runId)!;
    return launch(
      { runId, name, recipe, from: epochsSaved(join(path, checkpointsName)) },
      { idOf, missing: [] },
      () => reopenRun(db, runId),
      // Its folder says which files to read; only those that are the project's are.
      (trainer) => trainer.call('resume', { path, known: [...idOf.keys()], folder, cacheFolder, watched }),
    );
  }

  function goOn(): void {
    if (lost === null) return;
    const runId = lost;
    lost = null;
    try {
      resume({ runId });
    } catch (error) {
      tell('training.warning', { runId, error: reportError(error) });
    }
  }

  const queue = queueHandlers(context, start);
  trainings.onFree = () => {
    goOn();
    queue.next();
  };

  return {
    ...queue.handlers,
    'training.start': (given) => start(given),
    'training.resume': resume,
    'training.pause': ({ runId }) => trainings.pause(runId),
    'training.continue': ({ runId }) => {
      trainings.continue(runId);
      if (last) tell('training.progress', last);
    },
    'training.stop': ({ runId }) => trainings.stop(runId),
    'training.leave': () => trainings.stopAll(),
    'training.watch': ({ imageId }) => {
      const { project } = projects;
      project.watch(imageId);
      trainings.watch(watchedPath(project));
      changed(context, 'project');
      return project.summary();
    },
  };
}
