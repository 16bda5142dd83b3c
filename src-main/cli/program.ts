/**
 * Every command with its arguments and options. A command's own file is loaded when it is called, so that `describe` does
 * not wait for TensorFlow.
 */
import { Argument, Command, Option } from 'commander';
import { sectionNames } from '../engine/inspection/report/sections.ts';
import { ReceptiveError } from '../shared/errors.ts';
import { labelFormats } from '../shared/labelling.ts';
import {
  absolutePath,
  cells,
  defaultNetwork,
  describeFormats,
  imagePaths,
  networkChoice,
  positiveInteger,
  positiveNumber,
  sections,
  size,
} from './options.ts';
import { weightsChoices } from '../shared/run.ts';
import type { WeightsChoice } from '../shared/run.ts';
import type * as Options from './options.ts';
import type { Output } from './output.ts';
import { addRecipeOptions, givenFields, readRecipe } from './recipe.ts';
import type { RecipeWords } from './recipe.ts';

/** What each command's file exports; it returns the fields of the `done` line. */
export interface CommandFile<O> {
  run(options: O, output: Output): Promise<Record<string, unknown>>;
}
export type Perform = <O>(file: () => Promise<CommandFile<O>>, options: O) => Promise<void>;

/** The commands, each of which ends in `perform`; help and wrong usage throw CommanderError or ReceptiveError. */
export function buildProgram(perform: Perform, writeHelp: (help: string) => void): Command {
  const root = new Command('receptive')
    .description('Label, train, look inside and take away: image recognition on your own computer.')
    .exitOverride()
    .configureOutput({ writeOut: writeHelp, writeErr: () => undefined })
    .configureHelp({ showGlobalOptions: true })
    .option('--json', 'one JSON object a line on stdout');
  const command = (name: string, description: string): Command =>
    root.command(name).description(description).option('--json', 'one JSON object a line on stdout');
  const pathArgument = (name: string, description: string): Argument =>
    new Argument(name, description).argParser(absolutePath);

  command('describe', 'shapes, parameters, multiply-accumulates and receptive fields of a network')
    .addArgument(new Argument('<network>', "a preset's name or a JSON file").argParser(networkChoice))
    .option('--size <HxW>', "height and width of the input in pixels (default: the network's)", size)
    .option('--channels <n>', "channels of the input (default: the network's)", positiveInteger)
    .option('--classes <n>', 'number of classes', positiveInteger, 10)
    .option('--batch <n>', 'images for which the memory of outputs is counted', positiveInteger, 1)
    .option('--compare <network>', 'another network, to stand beside it layer by layer', networkChoice)
    .addOption(new Option('--format <format>').choices(describeFormats).default('table'))
    .action((network: Options.NetworkChoice, given: Omit<Options.DescribeOptions, 'network'>) =>
      perform(() => import('./describe.ts'), { ...given, network }),
    );

  command('scan', 'which files of a folder are images that can be used')
    .addArgument(pathArgument('<folder>', 'a folder of class folders'))
    .option('--quality', 'look for duplicates and for dark, bright, blurred and otherwise odd images', false)
    .action((folder: string, { quality }: { quality: boolean }) =>
      perform(() => import('./scan.ts'), { folder, quality }),
    );

  addRecipeOptions(command('train', 'train a network on a folder of class folders'))
    .addArgument(pathArgument('<folder>', 'a folder of class folders'))
    .option('--network <network>', `a preset's name or a JSON file (default: ${defaultNetwork})`, networkChoice)
    .option('--size <HxW>', "height and width of the input in pixels (default: the network's)", size)
    .addOption(new Option('--channels <n>', "grey or RGB (default: the network's)").choices(['1', '3']))
    .option('--test <folder>', 'a folder of class folders to test on afterwards', absolutePath)
    .addOption(new Option('--backbone <name>').choices(['efficientnet-lite0']))
    .option('--resume', 'go on with the run in --out, up to --epochs in all; begin it where there is none yet')
    .option('--checkpoint-seconds <s>', 'save within an epoch too, this often (default: 60)', positiveNumber)
    .requiredOption('--out <run>', 'the run folder to make', absolutePath)
    .action((folder: string, given: TrainWords) => perform(() => import('./train.ts'), trainOptions(folder, given)));

  addRecipeOptions(command('find-rate', 'try learning rates on a folder of class folders: which one suits its network'))
    .addArgument(pathArgument('<folder>', 'a folder of class folders'))
    .option('--network <network>', `a preset's name or a JSON file (default: ${defaultNetwork})`, networkChoice)
    .option('--size <HxW>', "height and width of the input in pixels (default: the network's)", size)
    .addOption(new Option('--channels <n>', "grey or RGB (default: the network's)").choices(['1', '3']))
    .action((folder: string, given: InputWords) =>
      perform(() => import('./find-rate.ts'), { folder, ...inputOf(given), recipe: readRecipe(given) }),
    );

  command('evaluate', 'confusion matrix and scores of a run on a folder of class folders')
    .addArgument(pathArgument('<run>', 'a run folder'))
    .addArgument(pathArgument('<folder>', 'a folder of class folders'))
    .addOption(weightsOption())
    .action((run: string, folder: string, { weights }: WeightsWord) =>
      perform(() => import('./evaluate.ts'), { run, folder, weights }),
    );

  command('classify', 'classes of images, with probabilities')
    .addArgument(pathArgument('<run>', 'a run folder'))
    .addArgument(new Argument('<images...>', 'image files and folders').argParser(imagePaths))
    .option('--top <k>', 'how many classes for each image', positiveInteger, 5)
    .option('--csv <file>', 'write a table of the results too', absolutePath)
    .addOption(weightsOption())
    .action((run: string, images: string[], { top, csv, weights }: WeightsWord & { top: number; csv?: string }) =>
      perform(() => import('./classify.ts'), { run, images, top, csv, weights }),
    );

  command('recalibrate', 'measure the running statistics of batch norm anew, over the images that the run learnt from')
    .addArgument(pathArgument('<run>', 'a run folder'))
    .addArgument(pathArgument('[folder]', 'the folder of class folders that it learnt from'))
    .option('--undo', "go back to the run's own statistics", false)
    .addOption(weightsOption())
    .action((run: string, folder: string | undefined, { undo, weights = 'last' }: WeightsWord & { undo: boolean }) => {
      if ((folder === undefined) !== undo) {
        const message = undo ? '--undo needs no folder.' : 'recalibrate needs the folder that the run learnt from.';
        throw new ReceptiveError('usage', message, 'See receptive help recalibrate.');
      }
      return perform(() => import('./recalibrate.ts'), { run, folder, undo, weights });
    });

  command('inspect', 'all that goes on in a network for one image: a folder with a page, pictures and numbers')
    .addArgument(pathArgument('<run>', 'a run folder'))
    .addArgument(pathArgument('<image>', 'an image file'))
    .requiredOption('--out <folder>', 'the folder to make', absolutePath)
    .option(
      '--only <sections>',
      `what the page holds beside the maps: ${sectionNames.join(',')} (default: all)`,
      sections,
    )
    .option('--class <name>', 'the class to explain (default: the likeliest)')
    .option('--cell <layer:map,row,column>', 'a cell to show the sum of (default: the strongest of each layer)', cells)
    .option(
      '--images <folder>',
      'images to look among for what excites a unit (default: a training batch)',
      absolutePath,
    )
    .addOption(weightsOption())
    .action((run: string, image: string, given: Omit<Options.InspectOptions, 'run' | 'image'>) =>
      perform(() => import('./inspect.ts'), { ...given, run, image }),
    );

  command('export', 'take the trained network away')
    .addArgument(pathArgument('<run>', 'a run folder'))
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(['tfjs', 'keras', 'onnx', 'savedmodel', 'web'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'where to write it', absolutePath)
    .addOption(weightsOption())
    .action((run: string, { format, out, weights }: WeightsWord & { format: string; out: string }) => {
      if (format !== 'tfjs') throw unsupported(`--format ${format}`, 'Use --format tfjs.');
      return perform(() => import('./export.ts'), { run, format, out, weights });
    });

  const labels = root.command('labels').description('bring labels into a project, and give them back');
  labels
    .command('import')
    .description('label images by a file: CSV, JSON lines, or an export of Label Studio or COCO')
    .option('--json', 'one JSON object a line on stdout')
    .addArgument(pathArgument('<project>', "a project's folder, or a folder of images to make a project of"))
    .addArgument(pathArgument('<file>', 'a .csv, .tsv, .jsonl or .json file'))
    .addOption(
      new Option('--several-labels <choice>', 'of an image with several labels: keep the first, or leave the label out')
        .choices(['first', 'leave-out'])
        .default('first'),
    )
    .action((project: string, file: string, given: { severalLabels: 'first' | 'leave-out' }) => {
      const severalLabels = given.severalLabels === 'first' ? 'first' : 'leaveOut';
      return perform(() => import('./labels-import.ts'), { project, file, severalLabels });
    });
  labels
    .command('export')
    .description('write the labels of a project as a file or as class folders')
    .option('--json', 'one JSON object a line on stdout')
    .addArgument(pathArgument('<project>', "a project's folder, or a folder of images that a project was made of"))
    .addOption(new Option('--format <format>', 'what to write').choices(labelFormats).makeOptionMandatory())
    .requiredOption('--out <path>', 'the file or folder to make', absolutePath)
    .option('--link', 'class folders of hard links instead of copies', false)
    .option('--by-side', 'class folders below train, validation and test', false)
    .action((project: string, given: Omit<Options.LabelsExportOptions, 'project'>) => {
      if (given.format !== 'folders' && (given.link || given.bySide)) {
        const option = given.link ? '--link' : '--by-side';
        const hint = `Leave ${option} out, or use --format folders.`;
        throw new ReceptiveError('usage', `${option} is for --format folders, not ${given.format}.`, hint);
      }
      return perform(() => import('./labels-export.ts'), { ...given, project });
    });

  command('lab', 'put a claim of the textbook to the test')
    .argument('<name>')
    .allowUnknownOption()
    .allowExcessArguments()
    .action((name: string) => {
      throw unsupported(`lab ${name}`, 'See receptive --help for what does.');
    });

  command('doctor', 'what was found on this computer and is used, and why').action(() =>
    perform(() => import('./doctor.ts'), {}),
  );
  return root;
}

interface WeightsWord {
  weights?: WeightsChoice;
}

const weightsOption = (): Option =>
  new Option('--weights <epoch>', 'of the last epoch, or of the best (default: last)').choices(weightsChoices);

/** The words that say what is trained, and how. */
interface InputWords extends RecipeWords {
  network?: Options.NetworkChoice;
  size?: [number, number];
  channels?: '1' | '3';
}

const inputOf = ({
  network,
  size,
  channels,
}: InputWords): Pick<Options.TrainOptions, 'network' | 'size' | 'channels'> => ({
  network,
  size,
  channels: channels === undefined ? undefined : channels === '1' ? 1 : 3,
});

/** The words of `train` as commander hands them over. */
interface TrainWords extends InputWords {
  test?: string;
  backbone?: string;
  resume?: true;
  checkpointSeconds?: number;
  out: string;
}

function trainOptions(folder: string, given: TrainWords): Options.TrainOptions {
  if (given.backbone !== undefined) throw unsupported('--backbone', 'Leave it out to train a network from the start.');
  return {
    folder,
    ...inputOf(given),
    recipe: readRecipe(given),
    given: givenFields(given),
    test: given.test,
    out: given.out,
    resume: given.resume ?? false,
    checkpointSeconds: given.checkpointSeconds,
  };
}

function unsupported(what: string, hint: string): ReceptiveError {
  return new ReceptiveError('unsupported', `${what} does not work yet.`, hint);
}
