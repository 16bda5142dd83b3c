/** Label Studio's JSON export of a classification: tasks with the choices that annotators made. */
import { z } from 'zod';
import { addRow } from './record.ts';
import { Faults, wrongFile } from './rows.ts';
import type { LabelFile, LabelRow } from './rows.ts';

const annotationSchema = z.object({
  was_cancelled: z.boolean().nullish(),
  result: z.array(
    z.object({ type: z.string().optional(), value: z.object({ choices: z.array(z.string()).optional() }).optional() }),
  ),
});
/** `completions` is what annotations were called before version 1. */
const taskSchema = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  data: z.record(z.string(), z.unknown()),
  annotations: z.array(annotationSchema).optional(),
  completions: z.array(annotationSchema).optional(),
});

/** The names that data gives an image, the usual one first; else the first text that looks like a place of a file. */
function imageOf(data: Record<string, unknown>): unknown {
  for (const name of ['image', 'img', 'photo', 'url', 'path', 'file'])
    if (typeof data[name] === 'string') return data[name];
  return Object.values(data).find((value) => typeof value === 'string' && /[/\\]|\.\w{3,4}$/.test(value));
}

/** Whether a list is one of tasks. */
export const isTaskList = (list: readonly unknown[]): boolean =>
  list.some((item) => typeof item === 'object' && item !== null && 'data' in item);

/** @throws ReceptiveError `unreadable`, naming the tasks that are wrong. */
export function readLabelStudio(file: string, list: readonly unknown[]): LabelFile {
  const faults = new Faults(file);
  const rows: LabelRow[] = [];
  let results = 0;
  let choices = 0;
  list.forEach((item, index) => {
    const { data: task, error } = taskSchema.safeParse(item);
    if (!task) {
      const [issue] = error.issues;
      return faults.add(`task ${index + 1}`, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'wrong'}`);
    }
    const made = [...(task.annotations ?? []), ...(task.completions ?? [])].filter((one) => !one.was_cancelled);
    const found = made.flatMap(({ result }) => result);
    const chosen = found.flatMap(({ value }) => value?.choices ?? []);
    results += found.length;
    choices += chosen.length;
    addRow(rows, { path: imageOf(task.data), label: chosen, side: undefined }, `task ${task.id ?? index + 1}`, faults);
  });
  faults.throwIfAny();
  if (results > 0 && choices === 0) {
    throw wrongFile(file, 'its annotations are no choices.', 'Export a project that classifies images (Choices).');
  }
  return { kind: 'labelStudio', rows };
}
