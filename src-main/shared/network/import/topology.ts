/**
 * The layers and connections of a Keras model, out of what `to_json()` writes (Keras 2 and 3) or the `model.json` of
 * TensorFlow.js: the same topology in three dialects.
 */
import { isRecord } from '../fields.ts';

export type Config = Record<string, unknown>;

/** One layer as the file has it. */
export interface KerasLayer {
  kind: string;
  name: string;
  config: Config;
  /** Names of the layers whose output it takes. */
  from: string[];
  /** Shape of its first input without the batch, where the file tells it. */
  inputShape: (number | null)[] | null;
  /** Why it cannot be read at all, where it cannot: it is called twice, or takes something other than layers' outputs. */
  problem: string | null;
}

export interface Topology {
  layers: KerasLayer[];
  /** The layer whose output is the model's; null where the file does not say. */
  output: string | null;
}

/** Whether this is such a file; null when it is not. Throws nothing: layers that cannot be read say so themselves. */
export function topologyOf(json: unknown): Topology | null {
  const model = modelIn(json);
  if (!model) return null;
  const config = isRecord(model['config']) ? model['config'] : { layers: model['config'] };
  const listed = Array.isArray(config['layers']) ? config['layers'].filter(isRecord) : [];
  if (model['class_name'] === 'Sequential') {
    const layers = listed.map((layer, index) => readLayer(layer, index));
    return {
      layers: layers.map((layer, index) => ({ ...layer, from: index === 0 ? [] : [layers[index - 1]!.name] })),
      output: layers.at(-1)?.name ?? null,
    };
  }
  const outputs = config['output_layers'];
  return { layers: listed.map(readLayer), output: namesIn(outputs)[0] ?? null };
}

/** TensorFlow.js wraps the model once or twice. */
function modelIn(json: unknown): Config | null {
  for (let at = json, depth = 0; depth < 3 && isRecord(at); depth++) {
    const kind = Object.hasOwn(at, 'class_name') ? at['class_name'] : undefined;
    if (kind === 'Sequential' || kind === 'Functional' || kind === 'Model') return at;
    at = at['modelTopology'] ?? at['model_config'];
  }
  return null;
}

function readLayer(layer: Config, index: number): KerasLayer {
  const config = isRecord(layer['config']) ? layer['config'] : {};
  const name = String(config['name'] ?? layer['name'] ?? `layer${index + 1}`);
  const kind = String(layer['class_name'] ?? '');
  const nodes = Array.isArray(layer['inbound_nodes']) ? layer['inbound_nodes'] : [];
  const problem = nodes.length > 1 ? 'is used more than once with the same weights' : null;
  return { kind, name, config, from: sourcesIn(nodes[0]), inputShape: shapeIn(nodes[0], layer), problem };
}

/** Keras 3: {args: [tensor or list of tensors]}; Keras 2 and TensorFlow.js: [[name, 0, 0, {}], ...]. */
function sourcesIn(node: unknown): string[] {
  return isRecord(node) ? tensorsIn(node['args']).map(({ name }) => name) : namesIn(node);
}

/** The names in [name, 0, 0] or in lists of such. */
function namesIn(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return typeof value[0] === 'string' ? [value[0]] : value.flatMap(namesIn);
}

function tensorsIn(value: unknown): { name: string; shape: unknown }[] {
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  if (!isRecord(value) || value['class_name'] !== '__keras_tensor__' || !isRecord(value['config'])) return [];
  const history = value['config']['keras_history'];
  return Array.isArray(history) ? [{ name: String(history[0]), shape: value['config']['shape'] }] : [];
}

function shapeIn(node: unknown, layer: Config): (number | null)[] | null {
  const build = isRecord(layer['build_config']) ? layer['build_config']['input_shape'] : undefined;
  const shape = isRecord(node) ? tensorsIn(node['args'])[0]?.shape : build;
  return Array.isArray(shape) ? (shape.slice(1) as (number | null)[]) : null;
}
