/** The start screen and the project's menu. */
export const project = {
  none: 'No project',
  menu: 'Project',
  title: 'Start with a folder of images',
  subtitle:
    'A folder whose subfolders are classes (cats/, dogs/, …) becomes a project with labels. The folder itself is only read.',
  drop: 'Drop a folder, images or a file of labels here',
  openFolder: 'Open a folder of images…',
  create: 'New empty project…',
  createTitle: 'New project',
  createHint: 'It is kept with your other app data. Images and classes are added afterwards.',
  name: 'Name',
  createAction: 'Create',
  open: 'Open a project…',
  openRecent: 'Open recent',
  recent: 'Recent projects',
  noRecent: 'Projects that you open are listed here.',
  missing: 'This folder is no longer there.',
  opened: (when: string) => `Opened ${when}`,
  demos: 'Demo projects',
  demo: {
    clothes: {
      name: 'Clothes',
      hint: '2,000 grey pictures of 28 × 28 px in 10 classes of clothing.',
    },
    emoji: {
      name: 'Emoji',
      hint: '600 colour pictures of 64 × 64 px in 5 classes: animals, faces, flags, food, travel.',
    },
  },
  openDemo: (name: string) => `Open demo: ${name}`,
  move: 'Move project…',
  moveTitle: 'Move the project to',
  moved: (path: string) => `The project is now at ${path}`,
  showInFolder: 'Show project in folder',
  close: 'Close project',
  opening: 'Opening the project',
};
