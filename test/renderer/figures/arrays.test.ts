import { expect, test } from 'vitest';
import { labelled, numbered } from '../../../src-main/shared/figure/numbers.ts';
import { arrayFile } from '../../../src-renderer/figures/arrays.ts';
import { readNpy, readZip } from './read-back.ts';

const values = new Float32Array([1.5, -0.1, NaN, Infinity, 0, 3.4028235e38]);
const plain = { name: 'value', axes: [numbered('row', 2), numbered('column', 3)], values };

test('one array is an .npy of its shape', () => {
  const { suffix, data } = arrayFile({ title: 'Map 3', numbers: [plain] }, []);
  expect(suffix).toBe('.npy');
  expect(readNpy(data)).toEqual({ type: '<f4', shape: [2, 3], values: [...values] });
});

test('several arrays are an .npz with what they are of', () => {
  const steps = {
    name: 'dL/dW',
    unit: 'nats',
    axes: [labelled('step', [10, 20])],
    values: new Float64Array([0.1, 1e-300]),
  };
  const bytes = { name: 'image', axes: [numbered('row', 1), numbered('column', 1)], values: new Uint8Array([255]) };
  const { suffix, data } = arrayFile({ title: 'All of it', numbers: [plain, steps, bytes] }, ['Layer: conv1']);
  expect(suffix).toBe('.npz');
  const files = readZip(data);
  expect([...files.keys()]).toEqual(['value.npy', 'dL-dW.npy', 'image.npy', 'about.json']);
  expect(readNpy(files.get('value.npy')!)).toEqual({ type: '<f4', shape: [2, 3], values: [...values] });
  expect(readNpy(files.get('dL-dW.npy')!)).toEqual({ type: '<f8', shape: [2], values: [0.1, 1e-300] });
  expect(readNpy(files.get('image.npy')!)).toEqual({ type: '|u1', shape: [1, 1], values: [255] });
  expect(JSON.parse(Buffer.from(files.get('about.json')!).toString())).toEqual({
    title: 'All of it',
    about: ['Layer: conv1'],
    arrays: [
      { name: 'value', axes: plain.axes },
      { name: 'dL/dW', unit: 'nats', axes: [{ name: 'step', length: 2, labels: [10, 20] }] },
      { name: 'image', axes: bytes.axes },
    ],
  });
});

test('an array over named places keeps their names', () => {
  const classes = { name: 'value', axes: [labelled('unit', ['cat', 'dog'])], values: new Float32Array([1, 2]) };
  const { suffix, data } = arrayFile({ title: 'Logits', numbers: [classes] }, []);
  expect(suffix).toBe('.npz');
  expect(Buffer.from(readZip(data).get('about.json')!).toString()).toContain('"dog"');
});
