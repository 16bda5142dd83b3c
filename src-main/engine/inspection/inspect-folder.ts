/** All that inspection shows of a run and an image, as one folder with a page. */
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import { describeNetwork, parseNetwork } from '../../shared/network/index.ts';
import type { Network } from '../../shared/network/spec.ts';
import type { RunInfo, WeightsChoice } from '../../shared/run.ts';
import { writeWhole } from '../give-back/target.ts';
import type { Model } from '../graph/model.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { normLayers, readHistory } from '../training/norm-history.ts';
import { readSpreads } from '../training/spread-record.ts';
import type { RunFolder } from '../training/run-folder.ts';
import { Activations } from './activations.ts';
import { loadInspectionBatch } from './inspection-batch.ts';
import type { CellChoice, ReportContext } from './report/context.ts';
import { inspectLayers } from './report/layers.ts';
import type { InspectedLayer } from './report/layers.ts';
import { overview } from './report/overview.ts';
import { renderPage } from './report/page.ts';
import { sectionNames } from './report/sections.ts';
import type { SectionName } from './report/sections.ts';
import { Shelf } from './report/shelf.ts';
import { Steps } from './report/steps.ts';
import { isSumming } from './sum-terms.ts';

export interface InspectTask {
  run: RunFolder;
  image: string;
  /** The folder to make; an empty one is as good as none. */
  out: string;
  weights: WeightsChoice;
  /** What the page holds beside the feature maps; all without it. */
  only?: readonly SectionName[] | undefined;
  /** The class that is explained; the likeliest without it. */
  className?: string | undefined;
  cells: readonly CellChoice[];
  /** Among which those are looked for that excite a unit most; without them the run's fixed training batch. */
  images?: readonly string[] | undefined;
  decoder: DecoderClient;
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
  onWarning: (message: string) => void;
}

export const pageName = 'index.html';

/**
 * Writes the page and its files: whole, or nothing of them.
 * @throws ReceptiveError `not-found` or `unreadable`, naming the image; `exists` unless `out` is free; `usage` for a class
 * or a cell that there is not; `interrupted`
 */
export async function inspectToFolder(task: InspectTask): Promise<InspectedLayer[]> {
  const { run, out } = task;
  const network = parseNetwork(run.info.network);
  requireKnown(task, network);
  const pixels = await readImage(task.image, run.info, task.decoder);
  const parent = dirname(out);
  const made = existsSync(parent) ? undefined : mkdirSync(parent, { recursive: true });
  const work = writeWhole(out, 'folder', async (folder) => {
    mkdirSync(folder);
    const model = task.weights === 'best' ? run.loadBestModel() : run.loadModel(task.onWarning);
    try {
      const first = run.firstModel();
      try {
        return await writeReport(task, await contextOf(task, network, { model, first }, pixels, folder));
      } finally {
        first.dispose();
      }
    } finally {
      model.dispose();
    }
  });
  return work.catch((error: unknown) => {
    if (made !== undefined) removeEmpty(parent, made);
    if (!task.signal.aborted) throw error;
    throw new ReceptiveError('interrupted', `Stopped before "${out}" was whole. Nothing of it was left.`);
  });
}

/** `folder` and those above it as far as `highest`, unless somebody has put something into them. */
function removeEmpty(folder: string, highest: string): void {
  for (let at = folder; at.startsWith(highest) && readdirSync(at).length === 0; at = dirname(at)) rmdirSync(at);
}

async function writeReport(task: InspectTask, context: ReportContext): Promise<InspectedLayer[]> {
  const { run, image, weights, only = sectionNames } = task;
  const candidates = task.images?.map((path, at) => ({ id: at + 1, path, label: 0 })) ?? null;
  const steps = new Steps(task.signal, task.onProgress);
  const { layers, parts } = await inspectLayers(context, { chosen: new Set(only), candidates }, steps);
  const notes = [
    'On large networks some of the work is done in fewer steps or on fewer images; each section says how many.',
    ...(only.length < sectionNames.length ? [`Only these sections were asked for: ${only.join(', ')}.`] : []),
  ];
  const about = {
    run: run.info.name,
    image: basename(image),
    weights: weights === 'best' ? 'its best epoch' : 'its last epoch',
    notes,
  };
  const lead = await overview(context, about);
  // The page comes last.
  context.shelf.write(pageName, renderPage(`${basename(image)} in ${run.info.name}`, lead, parts));
  return layers;
}

async function contextOf(
  { run, image, decoder, className, cells, signal }: InspectTask,
  network: Network,
  models: { model: Model; first: Model },
  pixels: Uint8Array,
  folder: string,
): Promise<ReportContext> {
  const { classes, preprocessing } = run.info;
  const activations = new Activations(models.model, network, pixels);
  const likeliest = activations.probabilities.indexOf(Math.max(...activations.probabilities));
  const norms = normLayers(network, classes.length);
  return {
    ...models,
    ...{ network, classes, pixels, activations, cells, signal, preprocessing, decoder },
    batch: (await loadInspectionBatch(run.info, decoder)) ?? { pixels, paths: [image] },
    historyOf: (layer) => readHistory(run.path, norms, layer),
    spreadsOf: (layer) => readSpreads(run.path, network, layer),
    classIndex: className === undefined ? Math.max(0, likeliest) : classes.indexOf(className),
    macs: describeNetwork(network, classes.length).totals.macs,
    shelf: new Shelf(folder, decoder),
  };
}

function requireKnown({ run, className, cells }: InspectTask, network: Network): void {
  const { classes } = run.info;
  if (className !== undefined && !classes.includes(className)) {
    const hint = `It knows ${classes.slice(0, 20).join(', ')}${classes.length > 20 ? ', …' : ''}.`;
    throw new ReceptiveError('usage', `The run knows no class called "${className}".`, hint);
  }
  for (const { layer } of cells) {
    const found = network.layers.find(({ name }) => name === layer);
    if (!found) throw new ReceptiveError('usage', `The network has no layer called ${layer}.`);
    if (!isSumming(found)) {
      throw new ReceptiveError('usage', `${layer} is ${found.kind}; sums are shown of convolutions and dense layers.`);
    }
  }
}

async function readImage(path: string, { preprocessing }: RunInfo, decoder: DecoderClient): Promise<Uint8Array> {
  if (!existsSync(path)) throw new ReceptiveError('not-found', `There is no image ${path}.`, 'Check the path.');
  return decoder.pixels(path, preprocessing).catch((error: unknown) => {
    const { code, message, hint } = reportError(error);
    throw new ReceptiveError(code, `${path}: ${message}`, hint || 'Give another image.');
  });
}
