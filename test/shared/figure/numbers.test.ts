import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { labelled, numbered, numbersCsv, shapeOf } from '../../../src-main/shared/figure/numbers.ts';
import { createRandom } from '../../../src-main/shared/random.ts';

const read = (text: string): Record<string, string>[] => parse(text, { columns: true });

describe('numbersCsv', () => {
  it('has a record for every place, the last axis fastest, and every float32 reads back as it was', () => {
    const random = createRandom(1);
    const axes = [numbered('row', 3), numbered('column', 2), numbered('map', 4)];
    const values = Float32Array.from(
      { length: 24 },
      () => (random.next() - 0.5) * 10 ** Math.floor(random.next() * 60 - 30),
    );
    const records = read(numbersCsv([{ name: 'value', axes, values }]));
    expect(Object.keys(records[0]!)).toEqual(['row', 'column', 'map', 'value']);
    expect(records.map(({ row, column, map }) => (Number(row) * 2 + Number(column)) * 4 + Number(map))).toEqual(
      Array.from({ length: 24 }, (_, at) => at),
    );
    expect(Float32Array.from(records, ({ value }) => Number(value))).toEqual(values);
  });

  it('puts arrays over the same places side by side, each with its unit', () => {
    const axes = [labelled('class', ['cat, big', 'say "dog"'])];
    const text = numbersCsv([
      { name: 'precision', axes, values: new Float64Array([0.1, NaN]) },
      { name: 'loss', unit: 'nats', axes, values: new Float64Array([Infinity, -2.5e-300]) },
    ]);
    expect(text).toBe('class,precision,loss (nats)\r\n"cat, big",0.1,Infinity\r\n"say ""dog""",NaN,-2.5e-300\r\n');
  });

  it('puts arrays over different places below each other, named in the first column', () => {
    const records = read(
      numbersCsv([
        { name: 'input', axes: [numbered('row', 2), numbered('column', 1)], values: new Float32Array([1, 2]) },
        { name: 'counts', axes: [labelled('step', [10, 20])], values: new Int32Array([3, 4]) },
        { name: 'bias', axes: [], values: new Float32Array([0.5]) },
      ]),
    );
    expect(records).toEqual([
      { array: 'input', row: '0', column: '0', step: '', value: '1' },
      { array: 'input', row: '1', column: '0', step: '', value: '2' },
      { array: 'counts', row: '', column: '', step: '10', value: '3' },
      { array: 'counts', row: '', column: '', step: '20', value: '4' },
      { array: 'bias', row: '', column: '', step: '', value: '0.5' },
    ]);
  });

  it('is not mistaken about axes that differ in their length alone', () => {
    const of = (length: number) => ({
      name: `n${length}`,
      axes: [numbered('row', length)],
      values: new Uint8Array(length),
    });
    expect(read(numbersCsv([of(1), of(2)]))).toHaveLength(3);
    expect(shapeOf(of(2))).toEqual([2]);
  });
});
