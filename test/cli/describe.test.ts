import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkNetwork, describeNetwork, parseNetwork, presets } from '../../src-main/shared/network/index.ts';
import { linesOf, runCli } from './run-cli.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'describe-'));
});
afterAll(async () => rm(folder, { recursive: true }));

async function networkFile(name: string, content: unknown): Promise<string> {
  await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}
const input = { size: [28, 28], channels: 1 };
const end = [
  { name: 'gap', kind: 'globalAvgPool' },
  { name: 'logits', kind: 'dense', units: 'classes' },
];

test('a preset: one line, every layer, totals', async () => {
  const result = await runCli(['describe', 'lenet-5', '--json']);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  const network = parseNetwork(presets['lenet-5']);
  const expected = { event: 'done', layers: checkNetwork(network, 10), totals: describeNetwork(network, 10).totals };
  expect(linesOf(result)).toMatchObject([expected]);
  expect(expected.totals).toEqual({ params: 61_706, nonTrainable: 0, macs: 416_520 });
  expect(expected.layers[0]).toEqual({
    name: 'conv1',
    kind: 'conv2d',
    inputShape: [32, 32, 1],
    outputShape: [28, 28, 6],
    params: 156,
    nonTrainable: 0,
    paramsWithoutBias: 150,
    macs: 117_600,
    receptiveField: { size: [5, 5], stride: [1, 1], start: [0, 0] },
  });
  const [conv1] = linesOf(result)[0]!['layers'] as Record<string, unknown>[];
  expect(conv1).toMatchObject({
    activationBytes: 28 * 28 * 6 * 4,
    paramsShare: 156 / 61_706,
    macsShare: 117_600 / 416_520,
    formulas: [
      'floor((32 + 2×0 − 5) / 1) + 1 = 28',
      'floor((32 + 2×0 − 5) / 1) + 1 = 28',
      '1 × 6 × 5 × 5 + 6 = 156',
      '1 × 6 × 5 × 5 × 28 × 28 = 117600',
    ],
  });
});

test('two networks side by side: what both have, what one has, what differs, totals', async () => {
  const half = { input, layers: [{ name: 'conv', kind: 'conv2d', filters: 4, kernelSize: 3 }, ...end] };
  const whole = structuredClone(half);
  whole.layers.splice(1, 0, { name: 'pool', kind: 'maxPool', poolSize: 2 } as never);
  Object.assign(whole.layers[0]!, { filters: 8 });
  const words = ['describe', await networkFile('b.json', whole), '--compare', await networkFile('a.json', half)];
  const [done] = linesOf(await runCli([...words, '--json'], folder));
  expect(done).toMatchObject({
    event: 'done',
    layers: [
      { status: 'changed', fields: [{ field: 'filters', first: 4, second: 8 }] },
      { status: 'onlySecond', first: null, second: { name: 'pool' } },
      { status: 'same' },
      { status: 'same' },
    ],
    first: { params: 90 },
    second: { params: 170 },
  });
  const text = await runCli(words, folder);
  expect(text.stdout).toContain('filters 4 to 8');
  expect(text.stdout).toContain('Parameters: 90 and 170 (1.89 times)');
});

test('the topology of a Keras model; a file that is far too large is refused unread', async () => {
  const dense = {
    class_name: 'Dense',
    config: { name: 'out', units: 5, activation: 'softmax', batch_input_shape: [null, 4, 4, 1] },
  };
  const flat = { class_name: 'Flatten', config: { name: 'flat', batch_input_shape: [null, 4, 4, 1] } };
  const model = { class_name: 'Sequential', config: { layers: [flat, dense] } };
  const [done] = linesOf(await runCli(['describe', await networkFile('keras.json', model), '--json'], folder));
  expect(done).toMatchObject({ event: 'done', layers: [{ name: 'flat' }, { name: 'out' }], totals: { params: 170 } });
  const large = await runCli(['describe', await networkFile('huge.json', ' '.repeat(50_000_000)), '--json'], folder);
  expect(linesOf(large)[0]).toMatchObject({ code: 'invalid-network', message: expect.stringContaining('50.0 MB') });
});

test('as a drawing of the graph; of two networks there is none', async () => {
  const { code, stdout } = await runCli(['describe', 'conv-bn-pool', '--format', 'svg']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  for (const { name } of presets['conv-bn-pool']!.layers) expect(stdout).toContain(`>${name}<`);
  const both = await runCli(['describe', 'mlp', '--compare', 'lenet-5', '--format', 'svg', '--json']);
  expect(both.code).toBe(2);
  expect(linesOf(both)[0]).toMatchObject({ event: 'error', code: 'usage' });
});

test('as a Markdown table', async () => {
  const { stdout } = await runCli(['describe', 'mlp', '--format', 'markdown']);
  const lines = stdout.split('\n');
  expect(lines[0]).toMatch(/^\| layer \| kind \| output \| parameters \| without bias \| share \|/);
  expect(lines[1]).toMatch(/^\| --- \| --- \| --- \| ---: \| ---: \| --- \|/);
  expect(lines[3]).toMatch(/^\| dense1 \| dense \| 128 units \| 100,480 \| 100,352 \| 98\.7 % \|/);
});

test('size, channels and classes take the place of the network’s own', async () => {
  const words = ['describe', 'conv-bn-pool', '--size', '28x36', '--channels', '1', '--classes', '4', '--json'];
  const [done] = linesOf(await runCli(words));
  const layers = done!.layers as { inputShape: number[]; outputShape: number[] }[];
  expect(layers[0]!.inputShape).toEqual([28, 36, 1]);
  expect(layers.at(-1)!.outputShape).toEqual([4]);
});

test('a file, relative to the caller’s folder; a layer without use is warned of', async () => {
  const relu = { name: 'dead', kind: 'activation', function: 'relu', from: ['input'] };
  const name = await networkFile('net.json', { input, layers: [relu, { ...end[0], from: ['input'] }, end[1]] });
  const result = await runCli(['describe', name, '--json'], folder);
  expect(result.code).toBe(0);
  expect(linesOf(result)).toMatchObject([
    { event: 'warning', message: expect.stringMatching(/^dead: no other layer uses it/) },
    { event: 'done', totals: { params: 20 } },
  ]);
});

test('a part of a network is described with a warning, since it cannot be trained', async () => {
  const conv = { name: 'conv1', kind: 'conv2d', filters: 4, kernelSize: [3, 5], strides: [1, 2] };
  const name = await networkFile('part.json', { input, layers: [conv] });
  const result = await runCli(['describe', name, '--json'], folder);
  expect(result.code).toBe(0);
  const { outputShape, ...row } = (linesOf(result).at(-1)!.layers as Record<string, unknown>[])[0]!;
  expect(outputShape).toEqual([26, 12, 4]);
  expect(Object.keys(row)).not.toContain('problem');
  expect(linesOf(result)[0]).toMatchObject({
    event: 'warning',
    message: expect.stringMatching(
      /^conv1: the last layer must give 10 units.*; this network cannot be trained as it is$/,
    ),
  });
});

test('as text: a table with units, and the totals in a sentence', async () => {
  const { code, stdout, stderr } = await runCli(['describe', 'mlp']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const cells = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(cells[0]).toEqual([
    ...['layer', 'kind', 'output', 'parameters', 'without bias', 'share', 'multiply-accumulates', 'of all'],
    ...['receptive field', 'stride', 'start', 'memory'],
  ]);
  expect(cells[2]).toEqual([
    ...['dense1', 'dense', '128 units', '100,480', '100,352', '98.7 %', '100,352', '98.7 %'],
    ...['28x28 px', '28x28 px', '0, 0 px', '0.5 kB'],
  ]);
  expect(stdout).toMatch(/\n101,770 parameters, 0 not trained; 101,632 multiply-accumulates\n$/);
});

test('the memory of outputs for a batch', async () => {
  const words = ['describe', 'mlp', '--batch', '64'];
  expect((await runCli(words)).stdout).toMatch(/^layer .* memory x 64\n[^]*\ndense1 .* 32\.8 kB\n/);
  const [done] = linesOf(await runCli([...words, '--json']));
  expect(done!['layers']).toMatchObject([{}, { name: 'dense1', activationBytes: 64 * 128 * 4 }, {}, {}]);
});

describe('what is wrong is one error line and exit code 1', () => {
  const conv = { name: 'conv1', kind: 'conv2d', filters: 4, kernelSize: 29 };
  const rows: [string, unknown, code: string, message: RegExp][] = [
    [
      'large.json',
      { input, layers: [conv, ...end] },
      'invalid-network',
      /^conv1: 29x29 kernel does not fit its 28x28 input$/,
    ],
    [
      'field.json',
      { input, layers: [{ ...conv, stride: 2 }] },
      'invalid-network',
      /^conv1: unknown field "stride"; did you mean "strides"\? \(at \/layers\/0\/stride\)$/,
    ],
    ['text.json', '{ "input": ', 'invalid-network', /text\.json is not JSON: /],
    ['empty.json', '', 'invalid-network', /empty\.json is not JSON: /],
  ];
  test.each(rows)('%s', async (name, content, code, message) => {
    const result = await runCli(['describe', await networkFile(name, content), '--json'], folder);
    expect(result.code).toBe(1);
    expect(linesOf(result)).toEqual([
      { event: 'error', code, message: expect.stringMatching(message), hint: expect.any(String) },
    ]);
  });

  test('a name that is neither a preset nor a file', async () => {
    const result = await runCli(['describe', 'lenet-6', '--json'], folder);
    expect(result.code).toBe(1);
    expect(linesOf(result)).toMatchObject([{ code: 'not-found', hint: expect.stringContaining('lenet-5, tiny-vgg') }]);
  });

  test('a folder and a pipe', async () => {
    await mkdir(join(folder, 'sub'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const name of ['sub', 'pipe']) {
      const result = await runCli(['describe', name, '--json'], folder);
      expect([result.code, linesOf(result)]).toMatchObject([1, [{ code: 'unreadable' }]]);
    }
  });

  test('as text it goes to stderr, with the remedy', async () => {
    const { code, stdout, stderr } = await runCli(['describe', 'lenet-5', '--size', '9']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe("conv2: 5x5 kernel does not fit its 2x2 input\nUse 'same' padding or remove pool1.\n");
  });
});
