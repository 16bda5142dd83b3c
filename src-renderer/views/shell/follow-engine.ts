/** Keeps the whole window in step with main and the engine, and says what happened to them. */
import { text } from '../../messages/index.ts';
import { app } from '../../state/app.svelte.ts';
import { bringIn } from '../../state/bring-in.svelte.ts';
import { classes } from '../../state/classes.svelte.ts';
import { classify } from '../../state/classify.svelte.ts';
import { connection } from '../../state/connection.svelte.ts';
import { giveBack } from '../../state/give-back.svelte.ts';
import { evaluate } from '../../state/evaluate.svelte.ts';
import { images } from '../../state/images.svelte.ts';
import { inspector } from '../../state/inspect.svelte.ts';
import { networkEditor } from '../../state/network.svelte.ts';
import { project } from '../../state/project.svelte.ts';
import { quality } from '../../state/quality.svelte.ts';
import { recovery } from '../../state/recovery.svelte.ts';
import { recalibration } from '../../state/recalibration.svelte.ts';
import { runs } from '../../state/run.svelte.ts';
import { suggestions } from '../../state/suggestions.svelte.ts';
import { trainQueue } from '../../state/train-queue.svelte.ts';
import { attempt, showError, showNote, showSuccess } from '../../ui/notify.ts';
import { sayBroughtIn } from '../images/bring-in-actions.ts';
import { sayExported } from '../images/give-back-commands.ts';
import { sayChecked } from '../images/quality-actions.ts';
import { sayWorked } from '../images/suggestion-actions.ts';

/** Reads everything that only a running engine knows. */
async function readAll(): Promise<void> {
  await project.read();
  await recovery.look();
  await Promise.all([images.refresh(), classes.refresh()]);
  await Promise.all([suggestions.refresh(), quality.refresh(), bringIn.refresh(), app.readDoctor()]);
}

export function followEngine(): () => void {
  let wasLost = false;
  const stops = [
    connection.on('engine.state', ({ state }) => {
      if (state === 'lost') wasLost = true;
      if (state !== 'ready') return;
      if (wasLost) showSuccess(text.shell.engine.ready);
      wasLost = false;
      void attempt(readAll);
    }),
    connection.on('project.changed', ({ what }) => {
      if (what.includes('project')) void attempt(() => project.read());
    }),
    connection.on('decoder.lost', ({ message }) => showNote(text.shell.decoderLost, message)),
    images.follow(showError),
    bringIn.follow(sayBroughtIn, showError),
    classes.follow(showError),
    classify.follow(showError),
    evaluate.follow(),
    giveBack.follow(sayExported),
    suggestions.follow(sayWorked, showError),
    quality.follow(sayChecked, showError),
    runs.follow(),
    trainQueue.follow(),
    recalibration.follow(() => {
      // What was measured before is measured again.
      if (evaluate.result) void evaluate.evaluate();
      void inspector.reload();
    }),
    // Not only while it is on the screen: the first network fits itself to the images while they come in.
    networkEditor.follow(),
    connection.start(),
  ];
  void attempt(async () => {
    const info = await app.readInfo();
    if (info.sandboxOff !== null) showNote(text.shell.sandboxOff, info.sandboxOff);
    if (info.engine.state === 'ready') await readAll();
  });
  return () => stops.forEach((stop) => stop());
}
