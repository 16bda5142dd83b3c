/** Training on the project's labelled images. TensorFlow is loaded by the first training or inspection, not before. */
import { join } from 'node:path';
import { checkNetwork } from '../../shared/network/index.ts';
import type { Checked, Events } from '../../shared/protocol.ts';
import type { WorkControl } from '../training/control.ts';
import type { LabelledFile } from '../training/prepare.ts';
import type { TrainingHooks, TrainingTask } from '../training/run.ts';
import type { Database } from '../store/database.ts';
import { rejectImages } from '../store/images.ts';
import type { LabelledImage } from '../store/images.ts';
import type { Project } from '../store/project.ts';
import { endRun, indexRun, newRunId } from '../store/runs.ts';
import { trainingSides } from '../store/splits.ts';
import { changed } from './context.ts';
import type { EngineContext, Part } from './context.ts';
import { createThrottle } from './jobs.ts';
import type { TrainingEnd } from './trainings.ts';

/** What one run learns: the classes that have images, and the images of each side. */
function planOf(project: Project, recipe: Checked<'training.start'>['recipe']) {
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
  };
}

type Plan = ReturnType<typeof planOf>;

interface Heard {
  /** The run has a folder and stands in the index. */
  indexed: boolean;
  /** The last thing that went wrong without ending the run. */
  warning: unknown;
}

export function trainingHandlers(context: EngineContext): Part<'training'> {
  const { projects, trainings, tell } = context;
  let last: Events['training.progress'] | null = null;
  /** A run that ended before it had a folder keeps its id too: what was told of it is told of no other. */
  const given = new Set<string>();

  /** Paused, the loop stands still wherever it is at that moment; reading images goes on. */
  function tellLast(): void {
    if (!last) return;
    const standsStill = trainings.paused && last.state !== 'preparing';
    tell('training.progress', standsStill ? { ...last, state: 'paused' } : last);
  }

  /** What the run tells goes to the database and the screen; `heard` keeps what is needed when it ends. */
  function hooksOf(db: Database, runId: string, { ids, idOf }: Plan, heard: Heard): TrainingHooks {
    const isDue = createThrottle();
    return {
      onProgress: (progress) => {
        // While images are read it comes once an image; the loop itself comes a few times a second.
        if (progress.state === 'preparing' && !isDue(progress.step, progress.steps)) return;
        last = { runId, ...progress };
        tellLast();
      },
      onStart: ({ info }) => {
        indexRun(db, runId, info, ids);
        heard.indexed = true;
        changed(context, 'runs');
      },
      onRejected: (rejected) => {
        rejectImages(
          db,
          rejected.map(({ path, reason }) => ({ id: idOf.get(path)!, reason })),
        );
        changed(context, 'images', 'classes');
      },
      onEpoch: (metrics) => tell('training.epoch', { runId, metrics }),
      onWarning: (error) => (heard.warning = error),
    };
  }

  function start({ name, network, recipe }: Checked<'training.start'>): { runId: string } {
    const { project, db } = projects;
    const plan = planOf(project, recipe);
    checkNetwork(network, plan.split.classes.length);
    const runId = newRunId(db, given);
    const heard: Heard = { indexed: false, warning: null };

    async function work(control: WorkControl): Promise<TrainingEnd> {
      const task: TrainingTask = {
        out: join(project.runsFolder, runId),
        name: name || `Run of ${new Date().toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}`,
        network,
        recipe,
        split: plan.split,
        folder: project.summary().sources[0] ?? project.path,
        cacheFolder: project.cacheFolder,
        decoder: context.decoder(),
        control,
      };
      const { runTraining } = await import('../training/run.ts');
      const { end } = await runTraining(task, hooksOf(db, runId, plan, heard));
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

  return {
    'training.start': start,
    'training.pause': ({ runId }) => {
      trainings.pause(runId);
      tellLast();
    },
    'training.continue': ({ runId }) => {
      trainings.continue(runId);
      tellLast();
    },
    'training.stop': ({ runId }) => trainings.stop(runId),
  };
}
