/** The words of the native parts; the page has its own catalogue. */
export const messages = {
  /** Of images, or a project's: the page asks for both. */
  chooseFolder: 'Choose a folder',
  runningAlready: 'Receptive is running already; its window is shown.',
  exists: (path: string) => `${path} exists already.`,
  existsHint: 'Choose another name; nothing is overwritten.',
  sandboxOff: 'It was started with --no-sandbox.',
  startProject: 'The project could not be opened',
  engineMissing: 'The Node that runs the engine is not installed.',
  engineMissingHint: 'Run "npm ci" in the project folder, then start again.',
  engineEnded: (cause: string) => `The engine ended unexpectedly (${cause}).`,
  engineNotStarted: (cause: string) => `The engine could not start (${cause}).`,
  engineStopping: 'The app is closing.',
  engineLostHint: 'It starts again by itself; try once more in a few seconds.',
  training: {
    closeTitle: 'A training is going on',
    closeText: 'Closing the window stops it. What it has learnt is saved, and it can be resumed in the Train view.',
    closeKeep: 'Keep training',
    closeAnyway: 'Stop and close',
    endTitle: {
      completed: 'Training is completed',
      stopped: 'Training was stopped',
      diverged: 'Training diverged',
      failed: 'Training failed',
      engineLost: 'Training was interrupted',
    },
    endText: (run: string) => `The run “${run}” can be looked at in the Train view.`,
  },
  menu: {
    file: 'File',
    edit: 'Edit',
    view: 'View',
    help: 'Help',
    quit: 'Quit',
  },
};
