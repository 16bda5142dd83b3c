/** What became of a batch norm layer over the steps of training, as curves and as pictures. */
import type { NormFigure, NormHistory } from '../inspection.ts';

export type DriftFigure = 'mean' | 'variance' | 'gamma' | 'beta';

/** [step, value] of one channel. */
export const driftCurve = (
  { steps, channels, figures }: NormHistory,
  figure: NormFigure,
  channel: number,
): [number, number][] => steps.map((step, at) => [step, figures[figure][at * channels + channel]!]);

/** [channels, steps]: a picture of one figure with a row a channel and a column a recorded step. */
export function heatMapOf({ steps, channels }: NormHistory, values: Float32Array): Float32Array {
  const turned = new Float32Array(values.length);
  for (let step = 0; step < steps.length; step++)
    for (let channel = 0; channel < channels; channel++)
      turned[channel * steps.length + step] = values[step * channels + channel]!;
  return turned;
}
