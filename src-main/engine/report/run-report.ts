import { join } from 'node:path';
import type { Evaluation } from '../../shared/inspection.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import { topPredictions } from '../evaluation/classify.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import { mapGrid } from '../inspection/map-image.ts';
import { layerActivations } from '../inspection/maps.ts';
import type { RunFolder } from '../training/run-folder.ts';
import { renderReport } from './report.ts';
import type { ReportContent } from './report.ts';

/** An image of a known class, by its path relative to `folder`. */
export interface Sample {
  path: string;
  truth: string;
}

/** The page about a run: its curves, `evaluation`, and what it makes of `samples`; maps are shown of the first of them. */
export async function runReport(
  run: RunFolder,
  evaluation: Evaluation,
  imagesPerSecond: number,
  folder: string,
  samples: Sample[],
  decoder: DecoderClient,
): Promise<string> {
  const { classes, preprocessing, network } = run.info;
  const model = run.loadModel();
  try {
    const shown: ReportContent['samples'] = [];
    for (const sample of samples) {
      const path = join(folder, sample.path);
      const probabilities = model.predict(await decoder.pixels(path, preprocessing));
      const picture = await decoder.thumbnail(path, 256);
      shown.push({ ...sample, predictions: topPredictions(probabilities, classes, 3), picture });
    }
    const subject = shown[0]!;
    const pixels = await decoder.pixels(join(folder, subject.path), preprocessing);
    const layers: ReportContent['layers'] = [];
    for (const activation of layerActivations(model, parseNetwork(network), pixels)) {
      const grid = mapGrid(activation.shape, activation.values, 2);
      const bytes = await decoder.encodePng(grid.pixels, grid.height, grid.width, 3);
      layers.push({ ...activation, maps: { mime: 'image/png', bytes } });
    }
    const metrics = run.metrics();
    return renderReport({ run: run.info, metrics, evaluation, imagesPerSecond, layers, subject, samples: shown });
  } finally {
    model.dispose();
  }
}
