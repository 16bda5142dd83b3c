import type { PoolingResponse, ResponseCurves } from '../../shared/inspect/pooling-report.ts';
import { middleOf, spreadChannels } from '../../shared/inspect/maps.ts';
import type { Maps } from '../../shared/inspect/maps.ts';
import { placePixels, unmoved } from '../../shared/inspect/placement.ts';
import type { Placement } from '../../shared/inspect/placement.ts';
import { pool, poolingMethods } from '../../shared/inspect/pooling.ts';
import type { SlidingWindow } from '../../shared/network/index.ts';
import { throwIfInterrupted } from '../images/interrupted.ts';
import type { Watch } from './attribution.ts';
import { mapsOf, measuredSide, pooledAt, requireFit } from './pooling.ts';
import type { PoolingChoice } from './pooling.ts';
import type { UseModel } from './use-model.ts';

/** Pixels to the right, times as large, degrees clockwise. */
export const responseSteps = {
  shift: [0, 1, 2, 3, 4, 5, 6, 7, 8],
  scale: [0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2],
  rotation: [-20, -15, -10, -5, 0, 5, 10, 15, 20],
} as const;

const placements: Record<keyof typeof responseSteps, (amount: number) => Placement> = {
  shift: (right) => ({ ...unmoved, shift: [0, right] }),
  scale: (scale) => ({ ...unmoved, scale }),
  rotation: (degrees) => ({ ...unmoved, degrees }),
};

/** Channels that are compared. */
const mostChannels = 8;

/**
 * How far the pooled maps change when the image moves: the length of their change over their own length, for every
 * method and for the maps without pooling, of large maps in their middle. The image's edges are repeated where it moves
 * away from them. Each place of the image, in which progress is, takes the model anew, so that others get their turn.
 * @throws ReceptiveError `interrupted`
 */
export async function poolingResponse(
  use: UseModel,
  pixels: Uint8Array,
  { layer, window: wanted }: Omit<PoolingChoice, 'from'>,
  { signal, progress }: Watch,
): Promise<PoolingResponse> {
  const total = 1 + Object.values(responseSteps).reduce((sum, { length }) => sum + length, 0);
  let done = 0;
  progress(done, total);
  const pooledOf = async (placement: Placement) => {
    throwIfInterrupted(signal);
    const pooled = await use((model, network) => {
      const { size, channels } = network.input;
      const { source, window } = pooledAt(model, network, layer, wanted);
      const maps = mapsOf(model, placePixels(pixels, [size[0], size[1], channels], placement), source);
      requireFit(layer, window, [maps.shape[0], maps.shape[1]]);
      return pooledByAll(middleOf(spreadChannels(maps, mostChannels), measuredSide), window);
    });
    progress(++done, total);
    return pooled;
  };
  const still = await pooledOf(unmoved);

  const curvesOf = async (kind: keyof typeof responseSteps): Promise<ResponseCurves> => {
    const steps = [...responseSteps[kind]];
    const changes: number[][] = still.map(() => []);
    for (const amount of steps) {
      const moved = await pooledOf(placements[kind](amount));
      moved.forEach((maps, i) => changes[i]!.push(relativeChange(still[i]!, maps)));
    }
    const [none, ...methods] = changes as [number[], ...number[][]];
    const byMethod = poolingMethods.map((method, i) => [method, methods[i]!]);
    return { steps, changes: { none, ...Object.fromEntries(byMethod) } } as ResponseCurves;
  };
  return {
    layer,
    shift: await curvesOf('shift'),
    scale: await curvesOf('scale'),
    rotation: await curvesOf('rotation'),
  };
}

/** The values without pooling, then by each method. */
const pooledByAll = (maps: Maps, window: SlidingWindow): Float32Array[] => [
  maps.values,
  ...poolingMethods.map((method) => pool(maps, window, method).values),
];

/** |b - a| / |a|; 0 where both are nothing. */
export function relativeChange(a: Float32Array, b: Float32Array): number {
  let [difference, length] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    difference += (b[i]! - a[i]!) ** 2;
    length += a[i]! ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / length);
}
