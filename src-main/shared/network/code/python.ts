/** What the Keras and the PyTorch code have in common. */
import { checkNetwork } from '../describe.ts';
import type { LayerFigures } from '../describe.ts';
import { inputsOf, layersInUse, topologicalOrder } from '../graph.ts';
import type { Layer, Network, Shape } from '../spec.ts';

/** One layer in the order of computing, with the Python names of itself and of what it takes. */
export interface Step {
  layer: Layer;
  figures: LayerFigures;
  name: string;
  inputs: string[];
  /** Of the first input, [height, width, channels] or [units]. */
  inputShape: Shape;
}

/**
 * The layers that the output depends on, each after those that feed it.
 * @throws ReceptiveError 'invalid-network' for a network that does not work.
 */
export function stepsOf(network: Network, classes: number): Step[] {
  const figures = checkNetwork(network, classes);
  const used = layersInUse(network);
  const sources = inputsOf(network);
  const names = pythonNames(network.layers.map(({ name }) => name));
  return topologicalOrder(network)
    .filter((index) => used.has(network.layers[index]!.name))
    .map((index) => {
      const { inputShape } = figures[index]!;
      return {
        layer: network.layers[index]!,
        figures: figures[index]!,
        name: names.get(network.layers[index]!.name)!,
        inputs: sources[index]!.map((source) => (source === 'input' ? 'x' : names.get(source)!)),
        inputShape: (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape,
      };
    });
}

const keywords = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield False None True x self nn F torch keras pixels'.split(
    ' ',
  ),
);

/** Each name as a Python variable, no two alike: "block1-1.add" -> "block1_1_add", "3x3" -> "layer_3x3". */
function pythonNames(names: readonly string[]): Map<string, string> {
  const taken = new Set(keywords);
  return new Map(
    names.map((name) => {
      const plain = name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, 'layer_');
      let free = plain;
      for (let number = 2; taken.has(free); number++) free = `${plain}_${number}`;
      taken.add(free);
      return [name, free];
    }),
  );
}

/** (3, 5) */
export const tuple = (numbers: readonly number[]): string => `(${numbers.join(', ')})`;
export const flag = (value: boolean): string => (value ? 'True' : 'False');
