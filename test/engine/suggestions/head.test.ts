import { afterEach, describe, expect, test } from 'vitest';
import { HeadFitter } from '../../../src-main/engine/suggestions/head.ts';
import type { Examples, Heads } from '../../../src-main/engine/suggestions/head.ts';
import { LearntHead } from '../../../src-main/engine/suggestions/learnt-head.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

const fitters: { dispose(): void }[] = [];
afterEach(() => fitters.splice(0).forEach((fitter) => fitter.dispose()));

function examplesOf(rows: number, width: number, classes: number, partCount: number): Examples {
  const random = createRandom(7, `${rows} ${width}`);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const inputs = Float32Array.from({ length: rows * width }, (_, i) => {
    const label = labels[Math.floor(i / width)]!;
    return 0.3 * random.normal() + (i % width === label ? 1 : 0);
  });
  const parts = Int32Array.from(labels, (_, row) => (partCount === 0 ? 0 : Math.floor(row / classes) % partCount));
  return { inputs, width, labels, classes, parts, partCount };
}

/** Slopes of the mean cross-entropy and penalty of one head, in plain double precision. */
function slopesOf(examples: Examples, { weights, biases }: Heads, head: number, penalty: number): number[] {
  const { inputs, width, labels, classes, parts, partCount } = examples;
  const heads = partCount + 1;
  const weightAt = (i: number, c: number) => (i * heads + head) * classes + c;
  const learnt = [...labels.keys()].filter((row) => head === partCount || parts[row] !== head);
  const slopes = new Array<number>(width * classes + classes).fill(0);
  for (const row of learnt) {
    const logits = Array.from({ length: classes }, (_, c) => {
      let sum = biases[head * classes + c]!;
      for (let i = 0; i < width; i++) sum += inputs[row * width + i]! * weights[weightAt(i, c)]!;
      return sum;
    });
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    logits.forEach((logit, c) => {
      const miss = (Math.exp(logit) / total - Number(c === labels[row])) / learnt.length;
      for (let i = 0; i < width; i++) slopes[i * classes + c]! += miss * inputs[row * width + i]!;
      slopes[width * classes + c]! += miss;
    });
  }
  for (let i = 0; i < width; i++) {
    for (let c = 0; c < classes; c++) slopes[i * classes + c]! += penalty * weights[weightAt(i, c)]!;
  }
  return slopes;
}

describe('heads', () => {
  test.each([
    [0.01, 3],
    [0.001, 4],
    [0.01, 0],
  ])('with penalty %d and %i parts stand where no slope is left, each on its own images', (penalty, partCount) => {
    const examples = examplesOf(48, 6, 3, partCount);
    const fitter = new HeadFitter(examples);
    fitters.push(fitter);
    const heads = fitter.fit(penalty);
    for (let head = 0; head <= partCount; head++) {
      const steepest = Math.max(...slopesOf(examples, heads, head, penalty).map(Math.abs));
      expect(steepest).toBeLessThan(5e-4);
    }
    // The slopes tell heads apart: those of another head's images are not flat.
    if (partCount > 0) {
      const moved = { ...examples, parts: examples.parts.map((part) => (part + 1) % partCount) };
      expect(Math.max(...slopesOf(moved, heads, 0, penalty).map(Math.abs))).toBeGreaterThan(1e-3);
    }
  });

  test('are the same wherever the search for them starts', () => {
    const fitter = new HeadFitter(examplesOf(30, 5, 3, 2));
    fitters.push(fitter);
    const direct = fitter.fit(0.003);
    const onward = fitter.fit(0.003, fitter.fit(0.1));
    const difference = direct.weights.map((weight, i) => Math.abs(weight - onward.weights[i]!));
    expect(Math.max(...difference)).toBeLessThan(0.05);
  });
});

describe('a learnt head', () => {
  /** Images whose numbers are large where their class says, with noise. */
  function directionsOf(labels: Int32Array, seed: number): Uint8Array {
    const random = createRandom(seed, 'directions');
    return Uint8Array.from({ length: labels.length * 1280 }, (_, i) => {
      const label = labels[Math.floor(i / 1280)]!;
      return random.int(60) + ((i % 1280) % 16 === label ? 150 : 0);
    });
  }
  const labels = Int32Array.from({ length: 40 }, (_, image) => image % 4);

  test('tells classes apart that it has not seen these images of, surely, in probabilities', () => {
    const head = new LearntHead({ directions: directionsOf(labels, 1), labels, classes: 4 });
    fitters.push(head);
    const judged = head.judge(directionsOf(labels, 2));
    labels.forEach((label, image) => {
      const row = [...judged.subarray(image * 4, image * 4 + 4)];
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
      expect(row[label]).toBeGreaterThan(0.8);
    });
  });

  test('judges an image it learnt from by a head that did not, so that a wrong label is not believed', () => {
    const told = labels.map((label, image) => (image === 5 ? 3 : label));
    const head = new LearntHead({ directions: directionsOf(labels, 1), labels: told, classes: 4 });
    fitters.push(head);
    const row = head.heldOut.subarray(5 * 4, 6 * 4);
    expect(row.indexOf(Math.max(...row))).toBe(labels[5]);
  });

  test('does with one image a class', () => {
    const one = Int32Array.of(0, 1);
    const head = new LearntHead({ directions: directionsOf(one, 1), labels: one, classes: 2 });
    fitters.push(head);
    const judged = head.judge(directionsOf(Int32Array.of(1, 0), 3));
    expect(judged[1]).toBeGreaterThan(0.5);
    expect(judged[2]).toBeGreaterThan(0.5);
  });
});
