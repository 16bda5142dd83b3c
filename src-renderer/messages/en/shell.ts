/** The window around the views: rail, top bar, palette, messages about the engine. */
export const shell = {
  appName: 'Receptive',
  views: {
    images: 'Images',
    network: 'Network',
    train: 'Train',
    inspect: 'Inspect',
    evaluate: 'Evaluate',
    classify: 'Classify',
  },
  rail: 'Views',
  goTo: (view: string) => `Go to ${view}`,

  palette: 'Command palette',
  paletteHint: 'Type a command',
  paletteEmpty: 'No command has that name. Try a shorter word.',
  allCommands: 'All commands',

  allKeys: 'All keys',
  everywhere: 'Everywhere',
  classKeys: 'Classes',

  undo: 'Undo',
  redo: 'Redo',
  undoWhat: (what: string) => `Undo: ${what}`,
  redoWhat: (what: string) => `Redo: ${what}`,
  nothingToUndo: 'Nothing to undo',
  nothingToRedo: 'Nothing to redo',

  run: {
    label: 'Run in progress',
    preparing: 'Preparing',
    training: 'Training',
    validating: 'Validating',
    paused: 'Paused',
    stopping: 'Stopping after this step',
    epoch: (epoch: number, epochs: number) => `epoch ${epoch} of ${epochs}`,
    left: (time: string) => `${time} left`,
    pause: 'Pause training',
    continue: 'Continue training',
    stop: 'Stop training',
    open: 'Show the run',
  },

  device: {
    cpu: 'CPU',
    gpu: 'GPU',
    unknown: 'Device',
    asking: 'Looking for the device that computes',
    tensorflow: (version: string) => `TensorFlow ${version}`,
    node: (version: string) => `Node ${version}`,
  },

  engine: {
    starting: 'The engine is starting. Images, training and inspection wait for it.',
    restarting: 'The engine stopped and is being restarted. What was saved is safe.',
    reason: (reason: string) => `Reason: ${reason}`,
    ready: 'The engine is running again.',
  },
  decoderLost: 'The image decoder was restarted',
  sandboxOff: 'The window runs without Chromium’s sandbox',

  close: 'Close',
  cancel: 'Cancel',
  starting: 'Starting',
  retry: 'Try again',
  showInFolder: 'Show in folder',
  dropHere: {
    classify: 'Drop to classify these images',
    import: 'Drop to bring these images into the project',
    create: 'Drop a folder to make a project of it',
  },
  dropEmpty: 'Nothing was dropped that lies on this computer',
  dropEmptyHint: 'Drop files or folders from the file manager.',
  dropNoRun: 'There is no trained run to classify with',
  dropNoRunHint: 'Train a network first, then drop the images again.',
};
