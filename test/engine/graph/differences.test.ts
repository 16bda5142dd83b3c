/** Gradients against finite differences of the loss: an oracle that no gradient kernel shares. */
import { expect, test } from 'vitest';
import type { Model } from '../../../src-main/engine/graph/model.ts';
import { perturb, randomImages, randomLabels, withModel } from './helpers.ts';
import { cases, classes, netOf } from './layer-cases.ts';
import type { Layers } from './layer-cases.ts';

const atWork: [string, Layers][] = [['dropout at work', [{ name: 'it', kind: 'dropout', rate: 0.4 }]]];

/** Of images at which no unit comes to its kink, and no maximum changes hands, on so short a way. */
const seeds: Record<string, number> = { 'maxPool, overlapping, same': 16 };

const batch = 2;
/** How far a variable is moved in all: far enough for float32, near enough for a straight line. */
const step = 1e-2;

/** Mean cross-entropy in training mode, from the logits in float64. */
function lossOf(model: Model, pixels: Uint8Array, labels: Int32Array): number {
  const { values } = model.fetch(pixels, ['logits/output'], { training: true })['logits/output'];
  const losses = Array.from(labels, (label, i) => {
    const row = [...values.slice(i * classes, (i + 1) * classes)];
    return Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (row[label] as number);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / batch;
}

/**
 * Moved along its own gradient, a variable changes the loss by the gradient's length. The difference is Richardson's, of
 * two steps, whose error is of the fourth order.
 */
test.each([...cases, ...atWork])('%s', async (name, layers) => {
  const net = netOf(layers);
  const pixels = randomImages(net, batch, seeds[name] ?? 15);
  const labels = randomLabels(batch, classes, 2);
  await withModel(net, classes, { seed: 3 }, (model) => {
    perturb(model, 45);
    const weights = model.readWeights();
    const trainable = weights.filter((_, i) => model.variables[i]?.trainable);
    const gradients = model.fetch(
      pixels,
      trainable.map(({ name }) => `${name}/gradient`),
      { training: true, labels },
    );
    expect(trainable.length).toBeGreaterThan(0);
    for (const { name: variable, values } of trainable) {
      const { values: gradient } = gradients[`${variable}/gradient`]!;
      const length = Math.hypot(...gradient);
      const original = values.slice();
      const lossAt = (shift: number): number => {
        values.set(original.map((value, i) => value + (shift * gradient[i]!) / length));
        model.writeWeights(weights);
        return lossOf(model, pixels, labels);
      };
      const slope = (shift: number): number => (lossAt(shift) - lossAt(-shift)) / (2 * shift);
      // Before batch norm a bias changes nothing.
      const difference = length < 1e-6 ? 0 : (4 * slope(step) - slope(2 * step)) / 3;
      values.set(original);
      expect(Math.abs(length - difference), `${variable}: ${length}, by differences ${difference}`).toBeLessThan(
        2e-5 + 1e-3 * length,
      );
    }
  });
});
