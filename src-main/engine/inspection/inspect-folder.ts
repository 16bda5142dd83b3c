import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ReceptiveError, reportError } from '../../shared/errors.ts';
import type { BatchNormReport, PooledMaps, PoolingComparison, Statistics } from '../../shared/inspection.ts';
import { parseNetwork } from '../../shared/network/index.ts';
import type { LayerKind, Shape } from '../../shared/network/spec.ts';
import type { RunInfo, WeightsChoice } from '../../shared/run.ts';
import { writeFileAtomically } from '../files.ts';
import type { DecoderClient } from '../images/decoder-client.ts';
import type { RunFolder } from '../training/run-folder.ts';
import { batchNormReport } from './batch-norm.ts';
import { loadInspectionBatch } from './inspection-batch.ts';
import { mapGrid } from './map-image.ts';
import { layerActivations } from './maps.ts';
import { comparePooling } from './pooling.ts';

/** A picture's path relative to the folder, with the statistics of what it shows. */
export interface PooledPicture {
  maps: string;
  mean: number;
  std: number;
}

type BatchNormFigure = 'batchMean' | 'batchVariance' | 'runningMean' | 'runningVariance' | 'gamma' | 'beta' | 'epsilon';

export interface InspectedLayer extends Statistics {
  name: string;
  kind: LayerKind;
  shape: Shape;
  /** PNG of all maps, relative to the folder. */
  maps: string;
  batchNorm?: Pick<BatchNormReport, BatchNormFigure>;
  pooling?: { max: PooledPicture; mean: PooledPicture; difference: PooledPicture };
}

/**
 * Writes the feature maps of every layer for one image into `out`, with the figures of BN and pooling layers.
 * @throws ReceptiveError `not-found` or `unreadable`, naming the image
 */
export async function inspectToFolder(
  run: RunFolder,
  imagePath: string,
  out: string,
  decoder: DecoderClient,
  onWarning?: (message: string) => void,
  weights: WeightsChoice = 'last',
): Promise<InspectedLayer[]> {
  const network = parseNetwork(run.info.network);
  const pixels = await readImage(imagePath, run.info, decoder);
  const batch = (await loadInspectionBatch(run.info, decoder)) ?? { pixels, paths: [imagePath] };
  mkdirSync(out, { recursive: true });

  const write = async (file: string, { shape, values }: Picturable) => {
    const grid = mapGrid(shape, values);
    writeFileAtomically(join(out, file), await decoder.encodePng(grid.pixels, grid.height, grid.width, 3));
    return file;
  };

  const model = weights === 'best' ? run.loadBestModel() : run.loadModel(onWarning);
  try {
    const layers: InspectedLayer[] = [];
    for (const [index, activation] of layerActivations(model, network, pixels).entries()) {
      const { values, ...layer } = activation;
      const prefix = `${String(index + 1).padStart(3, '0')}-${layer.name}`;
      const inspected: InspectedLayer = {
        ...layer,
        maps: await write(`${prefix}.png`, { shape: layer.shape, values }),
      };
      if (layer.kind === 'batchNorm') inspected.batchNorm = batchNormFigures(model, network, batch, layer.name);
      if (layer.kind === 'maxPool' || layer.kind === 'avgPool') {
        inspected.pooling = await poolingPictures(comparePooling(model, network, pixels, layer.name), prefix, write);
      }
      layers.push(inspected);
    }
    return layers;
  } finally {
    model.dispose();
  }
}

interface Picturable {
  shape: readonly number[];
  values: Float32Array;
}

function batchNormFigures(...of: Parameters<typeof batchNormReport>): InspectedLayer['batchNorm'] {
  const { batchMean, batchVariance, runningMean, runningVariance, gamma, beta, epsilon } = batchNormReport(...of);
  return { batchMean, batchVariance, runningMean, runningVariance, gamma, beta, epsilon };
}

async function poolingPictures(
  { max, avg, difference }: PoolingComparison,
  prefix: string,
  write: (file: string, maps: Picturable) => Promise<string>,
): Promise<InspectedLayer['pooling']> {
  const picture = async (name: string, maps: PooledMaps): Promise<PooledPicture> => {
    return { maps: await write(`${prefix}-${name}.png`, maps), mean: maps.mean, std: maps.std };
  };
  return {
    max: await picture('max', max),
    mean: await picture('mean', avg),
    difference: await picture('difference', difference),
  };
}

async function readImage(path: string, { preprocessing }: RunInfo, decoder: DecoderClient): Promise<Uint8Array> {
  if (!existsSync(path)) throw new ReceptiveError('not-found', `There is no image ${path}.`, 'Check the path.');
  return decoder.pixels(path, preprocessing).catch((error: unknown) => {
    const { code, message, hint } = reportError(error);
    throw new ReceptiveError(code, `${path}: ${message}`, hint || 'Give another image.');
  });
}
