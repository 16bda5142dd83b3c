/** What the class list and its dialogs do. Each shows by itself what went wrong, and then returns false. */
import { classes } from '../../state/classes.svelte.ts';
import { images } from '../../state/images.svelte.ts';
import { showError } from '../../ui/notify.ts';

async function worked(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    showError(error);
    return false;
  }
}

/** A filter by a class that is gone shows where its images went. */
async function follow(gone: number, to: number | null): Promise<void> {
  if (images.filter.classId === gone) await images.setFilter({ classId: to });
}

export const classActions = {
  create: (name: string) => worked(() => classes.create(name)),
  rename: (id: number, name: string) => worked(() => classes.rename(id, name)),
  setColor: (id: number, color: string) => worked(() => classes.setColor(id, color)),
  setKey: (id: number, key: string | null) => worked(() => classes.setKey(id, key)),
  merge: (id: number, into: number) =>
    worked(async () => {
      await classes.merge(id, into);
      await follow(id, into);
    }),
  delete: (id: number, moveTo: number | null) =>
    worked(async () => {
      await classes.delete(id, moveTo);
      await follow(id, moveTo);
    }),
};
