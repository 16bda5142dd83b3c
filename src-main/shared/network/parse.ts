/** Reads a network's JSON: fields, names and connections. Whether the shapes fit is `checkNetwork`'s question. */
import { overriddenInput } from './draft.ts';
import type { Overrides } from './draft.ts';
import { isRecord, readInput, readLayer } from './fields.ts';
import type { Reading } from './fields.ts';
import { graphProblems } from './graph.ts';
import { didYouMean, errorOf } from './problem.ts';
import type { Problem } from './problem.ts';
import type { ReceptiveError } from '../errors.ts';
import type { Network } from './spec.ts';

const fields = ['input', 'layers'];
/** More than the deepest network that was published has, ResNet-1202 with some 4,400; and what can still be shown. */
const mostLayers = 5000;

/**
 * A network with every default filled in. `overrides` take the place of the file's input size and channels.
 * @throws ReceptiveError 'invalid-network' that names the layer and the field, such as
 * `conv1: unknown field "stride"; did you mean "strides"?`
 */
export function parseNetwork(json: unknown, overrides: Overrides = {}): Network {
  if (!isRecord(json)) {
    const message = 'the network: must be an object with "input" and "layers"';
    throw errorOf({ message, hint: 'Start from the JSON of a preset: save one to a file in the Network view.' });
  }
  const unknown = Object.keys(json).find((field) => !fields.includes(field));
  if (unknown !== undefined) {
    const message = `the network: unknown field "${unknown}"${didYouMean(unknown, fields)}`;
    throw errorAt('', { message, hint: 'Its fields are input and layers.', field: unknown });
  }
  const input = read(readInput(overriddenInput(json.input, overrides)), '/input');
  if (!Array.isArray(json.layers)) {
    const message = 'the network: "layers" must be a list of layers';
    throw errorAt('/layers', { message, hint: 'Write it as [{ "name": ..., "kind": ... }, ...].' });
  }
  if (json.layers.length === 0) {
    throw errorAt('/layers', { message: 'the network: has no layers', hint: 'Add layers, or start from a preset.' });
  }
  if (json.layers.length > mostLayers) {
    const [has, most] = [json.layers.length, mostLayers].map((count) => count.toLocaleString('en'));
    const message = `the network: has ${has} layers; at most ${most} are taken`;
    throw errorAt('/layers', { message, hint: 'Use a smaller network.' });
  }
  const layers = json.layers.map((layer: unknown, index) => read(readLayer(layer, index), `/layers/${index}`));
  for (const [index, problem] of graphProblems(layers)) throw errorAt(`/layers/${index}`, problem);
  return { input, layers };
}

function read<T>(reading: Reading<T>, pointer: string): T {
  if (reading.problem !== null) throw errorAt(pointer, reading.problem);
  return reading.value;
}

/** With the place in the file as a JSON pointer (RFC 6901): "... (at /layers/3/strides)". */
function errorAt(pointer: string, problem: Problem): ReceptiveError {
  const field = problem.field === undefined ? '' : `/${problem.field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return errorOf({ ...problem, message: `${problem.message} (at ${pointer}${field})` });
}
