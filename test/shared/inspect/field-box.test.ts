import { describe, expect, test } from 'vitest';
import { describeNetwork, parseNetwork, presets } from '../../../src-main/shared/network/index.ts';
import type { NetworkJson } from '../../../src-main/shared/network/spec.ts';
import { boxAt, fieldsOf, unitBox } from '../../../src-main/shared/inspect/field-box.ts';

interface Step {
  kernel: number;
  stride: number;
  padding: 'valid' | 'same' | number;
  dilation?: number;
}

/** Every input position that cell `cell` of a chain depends on along one axis, followed tap by tap from the end. */
function positions(steps: Step[], length: number, cell: number): number[] {
  const lengths = [length];
  const befores: number[] = [];
  for (const { kernel, stride, padding, dilation = 1 } of steps) {
    const l = lengths.at(-1)!;
    const extent = (kernel - 1) * dilation + 1;
    const total =
      padding === 'valid'
        ? 0
        : padding === 'same'
          ? Math.max((Math.ceil(l / stride) - 1) * stride + extent - l, 0)
          : 2 * padding;
    befores.push(Math.floor(total / 2));
    lengths.push(Math.floor((l + total - extent) / stride) + 1);
  }
  let seen = new Set([cell]);
  for (const [index, { kernel, stride, dilation = 1 }] of [...steps.entries()].reverse()) {
    const next = new Set<number>();
    for (const at of seen)
      for (let tap = 0; tap < kernel; tap++) next.add(at * stride - befores[index]! + tap * dilation);
    seen = next;
  }
  return [...seen].sort((a, b) => a - b);
}

const chains: [string, number, Step[]][] = [
  ['one 3x3 same', 28, [{ kernel: 3, stride: 1, padding: 'same' }]],
  ['stride 2 same on an even map', 28, [{ kernel: 3, stride: 2, padding: 'same' }]],
  [
    '5x5 valid, pool 2, 3x3 valid',
    28,
    [
      { kernel: 5, stride: 1, padding: 'valid' },
      { kernel: 2, stride: 2, padding: 'valid' },
      { kernel: 3, stride: 1, padding: 'valid' },
    ],
  ],
  [
    'dilated',
    30,
    [
      { kernel: 3, stride: 1, padding: 'same', dilation: 3 },
      { kernel: 3, stride: 2, padding: 1 },
    ],
  ],
  [
    'padded by hand',
    19,
    [
      { kernel: 4, stride: 3, padding: 2 },
      { kernel: 3, stride: 1, padding: 'same' },
    ],
  ],
];

describe('the box of a cell', () => {
  test.each(chains)('%s agrees with following every tap', (_name, length, steps) => {
    const json: NetworkJson = {
      input: { size: [length, length], channels: 1 },
      layers: steps.map((step, index) => ({
        name: `conv${index}`,
        kind: 'conv2d',
        filters: 1,
        kernelSize: step.kernel,
        strides: step.stride,
        padding: typeof step.padding === 'number' ? [step.padding, step.padding] : step.padding,
        dilationRate: step.dilation ?? 1,
      })),
    };
    const last = `conv${steps.length - 1}`;
    const field = fieldsOf(json, 10).get(last);
    const shape = describeNetwork(parseNetwork(json), 10).layers.at(-1)!.outputShape!;
    for (let row = 0; row < shape[0]; row++) {
      const seen = positions(steps, length, row);
      const box = boxAt(field, row, 0)!;
      expect([box.top, box.top + box.height - 1], `row ${row}`).toEqual([seen[0], seen.at(-1)]);
      expect(boxAt(field, 0, row)).toMatchObject({ left: seen[0], width: box.height });
    }
  });

  test('every layer of every preset has the size that its description gives', () => {
    for (const [name, json] of Object.entries(presets)) {
      const fields = fieldsOf(json, 10);
      for (const row of describeNetwork(parseNetwork(json), 10).layers) {
        if (row.outputShape?.length !== 3) continue;
        const box = boxAt(fields.get(row.name), 0, 0)!;
        expect([box.height, box.width], `${name} ${row.name}`).toEqual(row.receptiveField?.size);
      }
    }
  });

  test('a flattened unit sees what its cell saw; dense sees everything', () => {
    const fields = fieldsOf(presets['tiny-vgg']!, 10);
    const [height, width, channels] = [13, 13, 10];
    expect(
      describeNetwork(parseNetwork(presets['tiny-vgg']), 10).layers.find(({ name }) => name === 'pool2'),
    ).toMatchObject({
      outputShape: [height, width, channels],
    });
    const unit = (5 * width + 7) * channels + 3;
    expect(unitBox(fields.get('flatten'), unit)).toEqual(boxAt(fields.get('pool2'), 5, 7));
    expect(unitBox(fields.get('logits'), 0)).toBeNull();
    expect(boxAt(undefined, 0, 0)).toBeNull();
  });
});
