/** Words that are wrong, or not to be had yet: exit code 2 and one error line, whatever the command. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { absolutePath } from '../../src-main/cli/options.ts';
import { buildProgram } from '../../src-main/cli/program.ts';
import type { Perform } from '../../src-main/cli/program.ts';
import { augmentationPresets } from '../../src-main/shared/augmentation.ts';
import type { ReceptiveError } from '../../src-main/shared/errors.ts';
import { recipeSchema } from '../../src-main/shared/run.ts';
import { linesOf, runCli } from './run-cli.ts';

const usage: [string, message: RegExp][] = [
  ['trian x', /unknown command 'trian'.*train/s],
  ['describe', /missing required argument 'network'/],
  ['describe lenet-5 mlp', /too many arguments/],
  ['describe lenet-5 --sise 3x3', /unknown option '--sise'.*--size/s],
  ['describe lenet-5 --size 3x', /--size.*height x width in pixels/],
  ['describe lenet-5 --size 0x3', /--size.*height x width in pixels/],
  ['describe lenet-5 --channels 1.5', /--channels.*whole number of 1 or more/],
  ['describe lenet-5 --classes -2', /--classes.*whole number of 1 or more/],
  ['train images', /--out/],
  ['train images --out run --epochs 0', /^--epochs must be a whole number from 1 to 100000, not 0\.$/],
  ['train images --out run --epochs many', /--epochs.*must be a number/],
  ['train images --out run --batch 1e9', /^--batch must be a whole number from 1 to 4096/],
  ['train images --out run --learning-rate 0', /^--learning-rate must be a number above 0/],
  ['train images --out run --validation 1.5', /^--validation must be a share from 0 to 0\.9, not 1\.5\.$/],
  ['train images --out run --seed -1', /^--seed must be a whole number from 0 to/],
  ['train images --out run --optimizer adagrad', /--optimizer.*sgd, momentum, nesterov, rmsprop, adam, adamw/],
  ['train images --out run --class-weights even', /^--class-weights must be none, balanced, or classes/],
  ['train images --out run --class-weights cat=2,dog', /^--class-weights must be none, balanced, or classes/],
  ['train images --out run --class-weights cat=-1', /^--class-weights must be .* not \{cat:-1\}\.$/],
  ['train images --out run --channels 2', /--channels.*1, 3/],
  ['train images --out run --augment much', /--augment.*none, light, strong/],
  ['train images --out run --augment rotation=200', /^--augment must be .* strengths in the range of each/],
  ['train images --out run --augment light,turn=3', /^--augment must be .* strengths in the range of each/],
  ['train images --out run --augment rotation', /^--augment must be/],
  ['train images --out run --backbone vgg', /--backbone.*efficientnet-lite0/],
  ['evaluate run', /missing required argument 'folder'/],
  ['classify run', /missing required argument 'images'/],
  ['classify run a.png --top 0', /--top.*whole number of 1 or more/],
  ['inspect run a.png', /--out/],
  ['evaluate run images --weights first', /--weights.*last, best/],
  ['export run --out x', /--format/],
  ['labels import pets', /missing required argument 'file'/],
  ['labels import pets l.csv --several-labels all', /--several-labels.*first, leave-out/],
  ['labels export pets --out l.csv --format csv --link', /^--link is for --format folders, not csv\.$/],
  ['export run --format pickle --out x', /--format.*tfjs, keras, onnx, savedmodel, web/],
];
const unsupported = [
  'train images --out run --backbone efficientnet-lite0',
  'export run --out x --format keras',
  'export run --out x --format onnx',
  'export run --out x --format savedmodel',
  'export run --out x --format web',
  'lab pooling --epochs 3',
];

/** What the words are refused with, or the options that a command would get. */
async function read(text: string): Promise<unknown> {
  let given: unknown;
  const perform: Perform = (_, options) => {
    given = options;
    return Promise.resolve();
  };
  const words = text.split(' ').filter((word) => word !== '');
  try {
    await buildProgram(perform, () => undefined).parseAsync(words, { from: 'user' });
    return given;
  } catch (error) {
    return error;
  }
}

test.each(usage)('wrong usage: %s', async (text, message) => {
  const error = await read(text);
  expect(error instanceof CommanderError || (error as ReceptiveError).code === 'usage').toBe(true);
  expect((error as Error).message).toMatch(message);
});

test.each(unsupported)('not to be had yet: %s', async (text) => {
  expect(await read(text)).toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/ does not work yet\.$/),
    hint: expect.stringMatching(/./),
  });
});

test('what train is told', async () => {
  const words = 'train images --out run --network MLP --size 28x30 --channels 1 --epochs 3 --batch 8 --optimizer sgd';
  expect(await read(`${words} --learning-rate 0.5 --validation 0 --test unseen --augment light --seed 7`)).toEqual({
    folder: absolutePath('images'),
    network: { preset: 'mlp' },
    size: [28, 30],
    channels: 1,
    recipe: recipeSchema.parse({
      epochs: 3,
      batchSize: 8,
      optimizer: 'sgd',
      learningRate: 0.5,
      augmentation: augmentationPresets.light,
      validationShare: 0,
      seed: 7,
    }),
    given: ['epochs', 'batchSize', 'optimizer', 'learningRate', 'augmentation', 'validationShare', 'seed'],
    test: absolutePath('unseen'),
    out: absolutePath('run'),
    resume: false,
  });
});

test.each([
  ['balanced', 'balanced'],
  ['cat=2,dog=0.5', { cat: 2, dog: 0.5 }],
  ['a=b=1', { 'a=b': 1 }],
])('--class-weights %s', async (text, classWeights) => {
  expect(await read(`train images --out run --class-weights ${text}`)).toMatchObject({ recipe: { classWeights } });
});

test.each([
  ['strong', augmentationPresets.strong],
  ['rotation=10,shift=0.1', { ...augmentationPresets.none, rotation: 10, shift: 0.1 }],
  ['light,mixup=0.2,flipHorizontal=0', { ...augmentationPresets.light, mixup: 0.2, flipHorizontal: 0 }],
])('--augment %s', async (text, augmentation) => {
  expect(await read(`train images --out run --augment ${text}`)).toMatchObject({ recipe: { augmentation } });
});

describe('--config', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'receptive-config-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const withConfig = (content: string, words = '') => {
    writeFileSync(join(folder, 'recipe.json'), content);
    return read(`train images --out run --config ${join(folder, 'recipe.json')} ${words}`);
  };

  test('gives the recipe, and options go before it', async () => {
    const content = '{ "epochs": 4, "optimizer": "adamw", "validationShare": 0.1 }';
    expect(await withConfig(content, '--epochs 6')).toMatchObject({
      recipe: { epochs: 6, optimizer: 'adamw', weightDecay: 0.004, validationShare: 0.1, batchSize: 64 },
      given: ['epochs', 'optimizer', 'validationShare'],
    });
  });

  test.each([
    ['{ "epochs": 0 }', 'usage', /recipe\.json is no recipe: "epochs" must be a whole number from 1 .*, not 0\./],
    ['{ "epoch": 5 }', 'usage', /recipe\.json is no recipe: .*"epoch"/],
    ['{ "epochs": 5', 'usage', /recipe\.json is no recipe/],
    ['[]', 'usage', /must be an object/],
  ])('refuses %s', async (content, code, message) => {
    expect(await withConfig(content)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('takes the defaults that the page on training gives, field by field', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/training.md'), 'utf8');
    const block = /```json\n(\{\s+"epochs"[^`]+)```/.exec(page)![1]!;
    const written = JSON.parse(block) as Record<string, unknown>;
    expect(Object.keys(written).toSorted()).toEqual(Object.keys(recipeSchema.parse({})).toSorted());
    expect(recipeSchema.parse(written)).toEqual(recipeSchema.parse({}));
  });

  test('names a file that is not there', async () => {
    const words = `train images --out run --config ${join(folder, 'none.json')}`;
    expect(await read(words)).toMatchObject({ code: 'not-found', message: expect.stringContaining('none.json') });
  });
});

test.each([
  ['scan a', { folder: absolutePath('a'), quality: false }],
  ['scan a --quality', { folder: absolutePath('a'), quality: true }],
  [
    'describe mlp --compare tiny-vgg',
    { network: { preset: 'mlp' }, compare: { preset: 'tiny-vgg' }, classes: 10, batch: 1, format: 'table' },
  ],
  ['evaluate r f', { run: absolutePath('r'), folder: absolutePath('f') }],
  [
    'find-rate f --network mlp --batch 8',
    { folder: absolutePath('f'), network: { preset: 'mlp' }, recipe: recipeSchema.parse({ batchSize: 8 }) },
  ],
  ['evaluate r f --weights best', { run: absolutePath('r'), folder: absolutePath('f'), weights: 'best' }],
  ['classify r a b --top 2', { run: absolutePath('r'), images: ['a', 'b'], top: 2 }],
  ['inspect r i --out o', { run: absolutePath('r'), image: absolutePath('i'), out: absolutePath('o') }],
  ['export r --format tfjs --out o', { run: absolutePath('r'), format: 'tfjs', out: absolutePath('o') }],
  ['doctor', {}],
])('what %s is told', async (words, options) => expect(await read(words)).toEqual(options));

test.each([
  ['', 'usage'],
  ['trian x', 'usage'],
  ['train images --out run --epochs 0', 'usage'],
  ['export run --format onnx --out x', 'unsupported'],
])('"%s" is one error line and exit code 2', async (text, code) => {
  const result = await runCli([...text.split(' ').filter((word) => word !== ''), '--json']);
  expect(result).toMatchObject({ code: 2, stderr: '' });
  expect(linesOf(result)).toEqual([
    { event: 'error', code, message: expect.stringMatching(/./), hint: expect.any(String) },
  ]);
});

test('without --json the reason and the remedy are on stderr', async () => {
  expect(await runCli(['lab', 'pooling'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'lab pooling does not work yet.\nSee receptive --help for what does.\n',
  });
});

test('help is no error, and names every command', async () => {
  const { code, stdout } = await runCli(['--help']);
  expect(code).toBe(0);
  for (const name of ['describe', 'scan', 'train', 'evaluate', 'classify', 'inspect', 'export', 'lab', 'doctor']) {
    expect(stdout).toContain(`\n  ${name} `);
  }
  expect(linesOf(await runCli(['help', 'train', '--json']))).toMatchObject([
    {
      event: 'done',
      help: expect.stringMatching(
        /--epochs <n> .*\(default:\s+10\)\s[^]*adamw,\s+else\s+0\)[^]*mixup=0.2\s+\(default:\s+none\)/,
      ),
    },
  ]);
});
