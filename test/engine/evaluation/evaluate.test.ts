import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { topPredictions } from '../../../src-main/engine/evaluation/classify.ts';
import { argMax, evaluate, isEmpty, scores } from '../../../src-main/engine/evaluation/evaluate.ts';
import { grey, plainImage, temporaryFolder, testDecoder, writeTo } from '../../decoder/support.ts';

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
  const folder = temporaryFolder();
  const decoder = testDecoder({ processes: 2 });
  const info = { classes: ['a', 'b', 'c'], preprocessing: grey(1, 1) };
  /** The pixel itself says which class this predictor answers with; it tells how many it was asked about at a time. */
  const predictor = () => {
    const asked: number[] = [];
    const predict = (pixels: Uint8Array) => {
      asked.push(pixels.length);
      return Float32Array.from([...pixels].flatMap((pixel) => [0, 1, 2].map((c) => Number(c === pixel))));
    };
    return { asked, predict };
  };
  const imageOf = async (value: number) =>
    writeTo(folder, `${value}.png`, await plainImage(new Uint8Array(3).fill(value), 1, 1).png().toBuffer());

  it('counts truth in rows and prediction in columns, over several batches, and tells how far it has come', async () => {
    const images = [await imageOf(0), await imageOf(1)];
    const files = Array.from({ length: 150 }, (_, at) => ({ path: images[at % 3] ?? images[0]!, label: at % 3 }));
    const model = predictor();
    const told: [number, number][] = [];
    const { confusion, accuracy, leftOut } = await evaluate(model, info, files, {
      decoder,
      onProgress: (done, total) => told.push([done, total]),
    });
    expect(confusion).toEqual([
      [50, 0, 0],
      [0, 50, 0],
      [50, 0, 0],
    ]);
    expect(accuracy).toBeCloseTo(2 / 3, 12);
    expect(leftOut).toEqual([]);
    expect(model.asked).toEqual([64, 64, 22]);
    expect(told).toEqual([
      [0, 150],
      [64, 150],
      [128, 150],
      [150, 150],
    ]);
  });

  it('names what it cannot read, be it a whole batch, and scores the rest', async () => {
    const gone = join(folder, 'gone.png');
    const files = [...Array<string>(64).fill(gone), await imageOf(1), gone].map((path) => ({ path, label: 1 }));
    const model = predictor();
    const evaluation = await evaluate(model, info, files, { decoder });
    expect(evaluation.confusion[1]).toEqual([0, 1, 0]);
    expect(evaluation.leftOut).toEqual(Array(65).fill({ path: gone, reason: 'there is no such file' }));
    expect(model.asked).toEqual([1]);
    expect(isEmpty(evaluation)).toBe(false);
    expect(isEmpty(await evaluate(model, info, files.slice(0, 2), { decoder }))).toBe(true);
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
