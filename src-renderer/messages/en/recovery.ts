/** When a project's database is damaged or was changed behind Receptive's back. */
export const recovery = {
  title: (name: string) => `“${name}” was not opened`,
  problem: {
    damaged: 'Its database is damaged, so its labels cannot be read.',
    changed:
      'Its database was changed since Receptive last saved it, by another program or by a fault of the disk. Nothing in it is broken, but labels may not be what you left.',
    cutShort: 'The newest changes to its database are damaged and lost. Everything before them is whole.',
  },
  untouched: 'Your images are not touched. The database stays in the project’s folder, whatever you choose here.',
  details: 'Details',
  copies: 'Automatic copies',
  taken: 'Taken',
  images: 'Images',
  labelled: 'Labelled',
  restore: 'Restore this one',
  restoreNamed: (when: string) => `Restore the copy of ${when}`,
  restored: (name: string, when: string) => `“${name}” is as it was on ${when}`,
  restoredHint: 'The database that it replaces is kept in the project’s folder.',
  noCopies: 'There is no automatic copy of this project yet.',
  startAnew:
    'You can make a new project and drop the images into it. Labels that come from class folders come in again; the others would have to be set again.',
  create: 'New empty project…',
  openAsIs: 'Open it as it is',
  opening: 'Opening the project',
};
