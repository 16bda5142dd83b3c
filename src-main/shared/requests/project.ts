/** The engine itself, and the project as a whole. */
import { z } from 'zod';
import type { DoctorReport } from '../app.ts';
import type { RefusedProject, Snapshot } from '../labelling.ts';
import type { ProjectSummary, RecentProject, UndoStep } from '../project.ts';
import { none, path, request } from './request.ts';

export const projectRequests = {
  /** What was found and is used: versions, device and why. */
  'engine.doctor': request<DoctorReport>()(none),
  /** Memory of the device that trains, in bytes; null when it is not known. */
  'engine.memory': request<number | null>()(none),

  'project.current': request<ProjectSummary | null>()(none),
  /**
   * Opens a project's folder. Refused when another process has it, and when project.db is damaged or was changed by
   * another program; the latter is opened as it is with `asIs`.
   */
  'project.open': request<ProjectSummary>()(z.strictObject({ path, asIs: z.boolean().default(false) })),
  /** The project whose opening was last refused because of its database, until one is opened. */
  'project.refused': request<RefusedProject | null>()(none),
  /** The automatic copies of the database of the project in `path`, newest first; it need not be open. */
  'project.snapshots': request<Snapshot[]>()(z.strictObject({ path })),
  /** Puts a snapshot in the place of project.db, which is kept beside it under another name, and opens the project. */
  'project.restore': request<ProjectSummary>()(z.strictObject({ path, snapshot: z.string().min(1) })),
  /** Makes a project in the user's app data out of a folder of class folders (or opens the one made of it before). */
  'project.fromFolder': request<ProjectSummary>()(z.strictObject({ folder: path })),
  /** An empty project with that name in the user's app data. */
  'project.create': request<ProjectSummary>()(z.strictObject({ name: z.string().min(1).max(100) })),
  'project.demo': request<ProjectSummary>()(z.strictObject({ demo: z.enum(['clothes', 'emoji']) })),
  'project.recent': request<RecentProject[]>()(none),
  /** Moves the project's folder to `to`, which must not exist, and goes on there. */
  'project.move': request<ProjectSummary>()(z.strictObject({ to: path })),
  'project.close': request<void>()(none),
  'project.undo': request<UndoStep>()(none),
  'project.redo': request<UndoStep>()(none),
} as const;
