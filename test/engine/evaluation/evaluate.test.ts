import { describe, expect, it } from 'vitest';
import { topPredictions } from '../../../src-main/engine/evaluation/classify.ts';
import { argMax, evaluate, scores } from '../../../src-main/engine/evaluation/evaluate.ts';

describe('scores', () => {
  it('agrees with the definitions, worked by hand', () => {
    const { accuracy, perClass } = scores(
      [
        [8, 2],
        [1, 9],
      ],
      ['a', 'b'],
    );
    expect(accuracy).toBeCloseTo(17 / 20, 12);
    expect(perClass[0]).toEqual({ class: 'a', precision: 8 / 9, recall: 0.8, f1: 16 / 19, support: 10 });
    expect(perClass[1]).toEqual({ class: 'b', precision: 9 / 11, recall: 0.9, f1: 18 / 21, support: 10 });
  });

  it('gives 0, not NaN, to a class that was neither there nor predicted', () => {
    const { perClass } = scores(
      [
        [3, 0],
        [0, 0],
      ],
      ['a', 'b'],
    );
    expect(perClass[1]).toEqual({ class: 'b', precision: 0, recall: 0, f1: 0, support: 0 });
  });
});

describe('evaluate', () => {
  it('counts truth in rows and prediction in columns, over several batches', () => {
    // The pixel itself says which class this predictor answers with.
    const model = {
      predict: (pixels: Uint8Array) =>
        Float32Array.from([...pixels].flatMap((p) => [0, 1, 2].map((c) => Number(c === p)))),
    };
    const labels = Int32Array.from({ length: 150 }, (_, at) => at % 3);
    const pixels = Uint8Array.from(labels, (label) => (label === 2 ? 0 : label));
    const without = { unknownClasses: ['d'], leftOut: [{ path: '/a.png', reason: 'empty file' }] };
    const { confusion, accuracy, ...rest } = evaluate(model, { pixels, labels }, ['a', 'b', 'c'], without);
    expect(confusion).toEqual([
      [50, 0, 0],
      [0, 50, 0],
      [50, 0, 0],
    ]);
    expect(accuracy).toBeCloseTo(2 / 3, 12);
    expect(rest).toMatchObject(without);
  });
});

describe('predictions', () => {
  it('come likeliest first, no more than asked for', () => {
    expect(topPredictions(Float32Array.of(0.25, 0.5, 0.125), ['a', 'b', 'c'], 2)).toEqual([
      { class: 'b', probability: 0.5 },
      { class: 'a', probability: 0.25 },
    ]);
    expect(argMax(Float32Array.of(1, 3, 3))).toBe(1);
  });
});
