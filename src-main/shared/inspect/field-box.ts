/** Where on the input image the receptive field of one cell lies. */
import { inputsOf, parseNetwork, topologicalOrder } from '../network/index.ts';
import { fieldOf, inputField, spanAt } from '../network/receptive.ts';
import type { Field } from '../network/receptive.ts';
import { outputShape } from '../network/shapes.ts';
import type { NetworkJson, Shape } from '../network/spec.ts';

/** In pixels of the input; may reach past its edges, where the padding is. */
export interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** What each layer's cells see, by layer name. */
export function fieldsOf(json: NetworkJson, classes: number): Map<string, Field> {
  const network = parseNetwork(json);
  const { size, channels } = network.input;
  const start: Shape = [size[0], size[1], channels];
  const shapes = new Map<string, Shape>([['input', start]]);
  const fields = new Map<string, Field>([['input', inputField(start)]]);
  const inputs = inputsOf(network);
  for (const index of topologicalOrder(network)) {
    const layer = network.layers[index]!;
    const names = inputs[index] ?? [];
    const inputShapes = names.map((name) => shapes.get(name) ?? start);
    const output = outputShape(layer, inputShapes, classes);
    const inputFields = names.map((name) => fields.get(name) ?? 'everything');
    shapes.set(layer.name, output);
    fields.set(layer.name, fieldOf(layer, inputFields, inputShapes, output));
  }
  return fields;
}

/** The box that cell [row, column] sees; null when it sees everything, or nothing at all. */
export function boxAt(field: Field | undefined, row: number, column: number): Box | null {
  if (!field || field === 'everything') return null;
  const rows = spanAt(field.rows, row);
  const columns = spanAt(field.columns, column);
  if (!rows || !columns) return null;
  return { top: rows[0], left: columns[0], height: rows[1] - rows[0] + 1, width: columns[1] - columns[0] + 1 };
}

/** The same for a unit of a vector: a flattened map's unit sees what its cell saw. */
export function unitBox(field: Field | undefined, unit: number): Box | null {
  if (!field || field === 'everything' || field.grid.length !== 3) return null;
  const [, width, channels] = field.grid;
  const cell = Math.floor(unit / channels);
  return boxAt(field, Math.floor(cell / width), cell % width);
}
