/** Training on the project's labelled images. TensorFlow is loaded by the first training or inspection, not before. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { checkNetwork } from '../../shared/network/index.ts';
import type { Checked, Events } from '../../shared/protocol.ts';
import type { WorkControl } from '../training/control.ts';
import type { LabelledFile } from '../training/prepare.ts';
import type { Surroundings, TrainingHooks, TrainingOutcome } from '../training/run.ts';
import type { Database } from '../store/database.ts';
import { imageFiles, labelledImages, rejectImages } from '../store/images.ts';
import type { LabelledImage } from '../store/images.ts';
import type { Project } from '../store/project.ts';
import { markMissing } from '../store/relocate.ts';
import { endRun, indexRun, newRunId, reopenRun, runFolder, runSides } from '../store/runs.ts';
import { countedImages } from '../store/selection.ts';
import { trainingSides } from '../store/splits.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';
import { createThrottle } from './jobs.ts';
import { readRunInfo } from '../training/run-files.ts';
import type { TrainingEnd } from './trainings.ts';

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
function imagesOfRun(db: Database, runId: string): Map<string, number> {
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

/** How many paths a message names. */
const named = 3;

/** What a run says of images it went without; null when there are none. They stay as they are, should they come back. */
function wentWithout(missing: readonly string[]): ReceptiveError | null {
  if (missing.length === 0) return null;
  const more = missing.length > named ? ` and ${(missing.length - named).toLocaleString('en')} more` : '';
  return new ReceptiveError(
    'not-found',
    `This run went without ${countedImages(missing.length)}, as the files are missing: ` +
      `${missing.slice(0, named).join(', ')}${more}.`,
    'Find the files again in the Images view, then train again.',
  );
}

interface Heard {
  /** The run has a folder and stands in the index. */
  indexed: boolean;
  /** The last thing that went wrong without ending the run. */
  warning: unknown;
}

export function trainingHandlers(context: EngineContext): Part<'training'> {
  const { projects, trainings, tell } = context;
  /** The last that was told by a run that did not stand still. */
  let last: Events['training.progress'] | null = null;
  /** A run that ended before it had a folder keeps its id too: what was told of it is told of no other. */
  const given = new Set<string>();

  /** What the run tells goes to the database and the screen; `heard` keeps what is needed when it ends. */
  function hooksOf(
    db: Database,
    runId: string,
    { idOf, missing }: KnownImages,
    heard: Heard,
    onStart: TrainingHooks['onStart'],
  ): TrainingHooks {
    const isDue = createThrottle();
    return {
      onProgress: (progress) => {
        // While images are read it comes once an image; the loop itself comes a few times a second.
        if (progress.state === 'preparing' && !isDue(progress.step, progress.steps)) return;
        const told = { runId, ...progress };
        if (progress.state !== 'paused') last = told;
        // The step in progress when the pause was asked for: the loop says itself when it stands still.
        if (progress.state === 'training' && trainings.paused) return;
        tell('training.progress', told);
      },
      onStart: (run) => {
        onStart(run);
        heard.indexed = true;
        changed(context, 'runs');
      },
      onRejected: (rejected) => {
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
      onEpoch: (metrics) => tell('training.epoch', { runId, metrics }),
      onWarning: (warning) => {
        heard.warning = warning;
        tell('training.warning', { runId, error: reportError(warning) });
      },
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

  type Train = (around: Surroundings, hooks: TrainingHooks) => Promise<TrainingOutcome>;

  function launch(runId: string, images: KnownImages, onStart: TrainingHooks['onStart'], folder: string, train: Train) {
    const { project, db } = projects;
    const heard: Heard = { indexed: false, warning: wentWithout(images.missing) };
    async function work(control: WorkControl): Promise<TrainingEnd> {
      const around = { folder, cacheFolder: project.cacheFolder, decoder: context.decoder(), control };
      const { end } = await train(around, hooksOf(db, runId, images, heard, onStart));
      return { end, warning: heard.warning };
    }
    trainings.start(runId, work, (end) => {
      if (heard.indexed) endRun(db, runId, end);
      changed(context, 'runs');
    });
    given.add(runId);
    last = null;
    return { runId };
  }

  function start({ name, network, recipe }: Checked<'training.start'>): { runId: string } {
    const { project, db } = projects;
    lookAgain(db);
    const { split, ids, ...images } = planOf(project, recipe);
    checkNetwork(network, split.classes.length);
    const runId = newRunId(db, given);
    const standardName = `Run of ${new Date().toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}`;
    const run = { out: join(project.runsFolder, runId), name: name || standardName, network, recipe, split };
    const folder = project.summary().sources[0] ?? project.path;
    return launch(
      runId,
      images,
      ({ info }) => indexRun(db, runId, info, ids),
      folder,
      async (around, hooks) => (await import('../training/run.ts')).runTraining({ ...run, ...around }, hooks),
    );
  }

  function resume({ runId }: Checked<'training.resume'>): { runId: string } {
    const { db } = projects;
    const path = runFolder(db, runId);
    const { folder } = readRunInfo(path).source;
    const idOf = imagesOfRun(db, runId);
    return launch(
      runId,
      { idOf, missing: [] },
      () => reopenRun(db, runId),
      folder,
      async (around, hooks) => {
        const [{ RunFolder }, { resumeTraining }] = await Promise.all([
          import('../training/run-folder.ts'),
          import('../training/resume.ts'),
        ]);
        const run = RunFolder.open(path);
        const { training, validation } = run.files(folder);
        // Its folder says which files to read; only those that are the project's are.
        const isKnown = (file: LabelledFile) => idOf.has(file.path);
        const files = { training: training.filter(isKnown), validation: validation.filter(isKnown) };
        return resumeTraining({ ...around, run, files }, hooks);
      },
    );
  }

  return {
    'training.start': start,
    'training.resume': resume,
    'training.pause': ({ runId }) => trainings.pause(runId),
    'training.continue': ({ runId }) => {
      trainings.continue(runId);
      if (last) tell('training.progress', last);
    },
    'training.stop': ({ runId }) => trainings.stop(runId),
  };
}
