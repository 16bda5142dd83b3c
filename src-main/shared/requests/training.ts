/** Networks, the trainings of them, and the runs that come of it. */
import { z } from 'zod';
import { augmentationSchema } from '../augmentation.ts';
import type { JobId } from '../events.ts';
import { networkSchema } from '../network/spec.ts';
import type { NetworkJson } from '../network/spec.ts';
import type { AugmentedSample } from '../pictures.ts';
import { fits } from '../preprocessing.ts';
import type { DamagedRun, ProjectSummary, RunSummary, SavedNetwork, WaitingRun } from '../project.ts';
import { recipeSchema } from '../run.ts';
import type { EpochMetrics } from '../run.ts';
import { id, none, path, request, runId } from './request.ts';

const newRun = z.strictObject({
  name: z.string().max(100).default(''),
  network: networkSchema,
  recipe: recipeSchema,
});

export const trainingRequests = {
  'networks.list': request<SavedNetwork[]>()(none),
  'networks.save': request<SavedNetwork>()(
    z.strictObject({ id: z.number().int().optional(), name: z.string().min(1).max(100), json: z.unknown() }),
  ),
  'networks.delete': request<void>()(z.strictObject({ id: z.number().int() })),
  /** Reads and validates a network JSON file. */
  'networks.readFile': request<NetworkJson>()(z.strictObject({ path })),
  'networks.writeFile': request<void>()(z.strictObject({ path, json: networkSchema })),

  'training.start': request<{ runId: string }>()(newRun),
  /** Tries learning rates on the labelled images; 'rates.points' tell of it. */
  'rates.find': request<JobId>()(z.strictObject({ network: networkSchema, recipe: recipeSchema })),
  /** Up to eight labelled images as a training step would see them; the same ones for the same seed. */
  'augmentation.preview': request<AugmentedSample[]>()(
    z.strictObject({
      augmentation: augmentationSchema,
      size: z.tuple([z.number().int().min(1).max(4096), z.number().int().min(1).max(4096)]),
      channels: z.union([z.literal(1), z.literal(3)]),
      fit: z.enum(fits).default('stretch'),
      seed: z.number().int().min(0),
      step: z.number().int().min(0),
    }),
  ),
  /** Goes on with a run that was stopped, lost or failed, under its own id. */
  'training.resume': request<{ runId: string }>()(z.strictObject({ runId })),
  'training.pause': request<void>()(z.strictObject({ runId })),
  'training.continue': request<void>()(z.strictObject({ runId })),
  'training.stop': request<void>()(z.strictObject({ runId })),
  /** Stops what is going, and answers when that is saved; what waits goes on waiting. */
  'training.leave': request<void>()(none),
  /** The image that is looked at while a run trains, now and from then on; null for one of the run's own. */
  'training.watch': request<ProjectSummary>()(z.strictObject({ imageId: id.nullable() })),
  /** Runs that wait for the one that is going; they are the project's, and outlast a restart. */
  'queue.list': request<WaitingRun[]>()(none),
  /** It begins when all before it have ended. */
  'queue.add': request<void>()(newRun),
  'queue.remove': request<void>()(z.strictObject({ id })),
  /** Begins the first one: those that waited when the project was closed, or could not begin, wait for this. */
  'queue.start': request<void>()(none),
  'runs.list': request<RunSummary[]>()(none),
  /** What lies among the runs and cannot be used; `runs.delete` takes these too. */
  'runs.damaged': request<DamagedRun[]>()(none),
  'runs.metrics': request<EpochMetrics[]>()(z.strictObject({ runId })),
  'runs.rename': request<void>()(z.strictObject({ runId, name: z.string().min(1).max(100) })),
  /** What is written down about it; nothing with an empty text. */
  'runs.note': request<void>()(z.strictObject({ runId, note: z.string().max(2000) })),
  'runs.delete': request<void>()(z.strictObject({ runId })),
} as const;
