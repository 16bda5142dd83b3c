/** What every layer of a network is and costs; what is wrong is said in place, so that an editor can show it. */
import { multiplyAccumulatesOf, parametersOf } from './cost.ts';
import { draftOf, overriddenInput, readDraft } from './draft.ts';
import type { Draft, Overrides } from './draft.ts';
import { isRecord, readInput } from './fields.ts';
import { graphProblems, inputIndex, inputName, sourceIndices, sourcesOf, usedIndices, walk } from './graph.ts';
import { errorOf } from './problem.ts';
import type { Problem } from './problem.ts';
import { fieldOf, inputField, receptiveFieldOf } from './receptive.ts';
import type { Field, ReceptiveField } from './receptive.ts';
import { inputProblem, outputProblem } from './rules.ts';
import type { Above } from './rules.ts';
import { outputShape } from './shapes.ts';
import type { Layer, LayerKind, Network, Shape } from './spec.ts';

/** One layer whose shapes are known. Shapes are [height, width, channels] or [units]. */
export interface LayerFigures {
  name: string;
  kind: LayerKind;
  /** A list of shapes for add and concat. */
  inputShape: Shape | Shape[];
  outputShape: Shape;
  /** Numbers that training changes. */
  params: number;
  /** Running statistics of batch norm. */
  nonTrainable: number;
  /** `params` without the bias vectors of convolutions and dense layers. */
  paramsWithoutBias: number;
  /** Multiply-accumulates of one image's forward pass. */
  macs: number;
  /** In pixels of the input. */
  receptiveField: ReceptiveField;
}

/** One row of a description. What cannot be known yet is null, its counts 0. */
export interface LayerDescription {
  name: string;
  /** null when the JSON names no kind that exists. */
  kind: LayerKind | null;
  inputShape: Shape | Shape[] | null;
  outputShape: Shape | null;
  params: number;
  nonTrainable: number;
  paramsWithoutBias: number;
  macs: number;
  receptiveField: ReceptiveField | null;
  /** Present on a layer that is wrong. */
  problem?: Problem;
  /** Present on a layer that waits for a wrong one above it. */
  waiting?: true;
}

export interface Totals {
  params: number;
  nonTrainable: number;
  macs: number;
}

export interface NetworkDescription {
  /** In the order of the network's list. */
  layers: LayerDescription[];
  /** Over the layers that the output depends on, as in the model that TensorFlow builds. */
  totals: Totals;
  /** Layers that are computed in vain. */
  warnings: { layer: string; message: string }[];
  /** What is wrong with the network as a whole: its input, or no layers at all. */
  problem?: Problem;
  /** True when nothing is wrong; warnings do not count. */
  valid: boolean;
}

/** The figures of a network; never throws for a wrong one: see `problem` and `waiting` of its layers. */
export function describeNetwork(network: Network, classes: number): NetworkDescription {
  return describeDrafts(network.input, network.layers.map(draftOf), classes);
}

/**
 * The same for JSON that is still being written: a layer whose fields are wrong is marked instead of refused.
 * Never throws, whatever the JSON.
 */
export function describeDraft(json: unknown, classes: number, overrides: Overrides = {}): NetworkDescription {
  const { input, layers } = isRecord(json) ? json : {};
  const drafts = (Array.isArray(layers) ? layers : []).map(readDraft);
  const reading = readInput(overriddenInput(input, overrides));
  if (reading.problem === null) return describeDrafts(reading.value, drafts, classes);
  const rows = drafts.map((draft) => blankRow(draft, draft.problem));
  return {
    layers: rows,
    totals: { params: 0, nonTrainable: 0, macs: 0 },
    warnings: [],
    problem: reading.problem,
    valid: false,
  };
}

/**
 * The figures of a network that must be right, in the order of its list.
 * @throws ReceptiveError 'invalid-network' for the first problem in that order.
 */
export function checkNetwork(network: Network, classes: number): LayerFigures[] {
  const { problem, rows } = survey(network.input, network.layers.map(draftOf), classes);
  const first = problem ?? rows.find((row) => row.problem !== null)?.problem;
  if (first) throw errorOf(first);
  return rows.flatMap((row) => row.figures ?? []);
}

/** What the survey learns of one layer; without figures it is wrong itself or waits for a wrong one. */
interface Row {
  figures: LayerFigures | null;
  field: Field;
  problem: Problem | null;
}

function describeDrafts(input: Network['input'], drafts: readonly Draft[], classes: number): NetworkDescription {
  const { problem, rows } = survey(input, drafts, classes);
  const used = usedIndices(drafts);
  const totals = { params: 0, nonTrainable: 0, macs: 0 };
  rows.forEach(({ figures }, index) => {
    if (figures === null || !used.has(index)) return;
    totals.params += figures.params;
    totals.nonTrainable += figures.nonTrainable;
    totals.macs += figures.macs;
  });
  const layers = drafts.map((draft, index) => {
    const { figures = null, problem = null } = rows[index] ?? {};
    if (figures === null) return blankRow(draft, problem);
    return problem === null ? figures : { ...figures, problem };
  });
  const valid = problem === null && rows.every((row) => row.problem === null);
  const description = { layers, totals, warnings: warningsOf(drafts, used), valid };
  return problem === null ? description : { ...description, problem };
}

function blankRow(draft: Draft, problem: Problem | null): LayerDescription {
  const { name, kind } = draft;
  const unknown = { inputShape: null, outputShape: null, receptiveField: null };
  const counts = { params: 0, nonTrainable: 0, paramsWithoutBias: 0, macs: 0 };
  const row = { name, kind, ...unknown, ...counts };
  return problem === null ? { ...row, waiting: true } : { ...row, problem };
}

function warningsOf(drafts: readonly Draft[], used: Set<number>): { layer: string; message: string }[] {
  const named = new Set(sourcesOf(drafts).flat());
  return drafts.flatMap(({ name }, index) => {
    if (used.has(index)) return [];
    const why = named.has(name) ? 'only layers without effect use it' : 'no other layer uses it';
    return [{ layer: name, message: `${name}: ${why}, so it has no effect on the output` }];
  });
}

/** Shapes, counts and fields of all layers, each after those that feed it; `rows` are in the order of the list. */
function survey(
  input: Network['input'],
  drafts: readonly Draft[],
  classes: number,
): { problem: Problem | null; rows: Row[] } {
  const inputShape: Shape = [input.size[0], input.size[1], input.channels];
  const start: Source = { name: inputName, shape: inputShape, field: inputField(inputShape) };
  const graph = graphProblems(drafts);
  const indices = sourceIndices(drafts);
  const rows: Row[] = drafts.map((draft, index) => ({
    figures: null,
    field: 'everything',
    problem: draft.problem ?? graph.get(index) ?? null,
  }));
  for (const index of walk(indices).order) {
    const { layer } = drafts[index] ?? {};
    const row = rows[index];
    if (!layer || !row || row.problem !== null) continue;
    const sources = sourcesOfLayer(indices[index] ?? [], rows, start);
    if (sources.length === 0) continue;
    row.problem = inputProblem(layer, sources, upstreamOf(index, indices, drafts, rows));
    if (row.problem !== null) continue;
    const output = outputShape(
      layer,
      sources.map((source) => source.shape),
      classes,
    );
    row.field = fieldOf(
      layer,
      sources.map((source) => source.field),
      sources.map((source) => source.shape),
      output,
    );
    row.figures = figuresOf(layer, sources, output, receptiveFieldOf(row.field, input.size));
    if (index === drafts.length - 1) row.problem = outputProblem(layer, output, classes);
  }
  const empty = { message: 'the network: has no layers', hint: 'Add layers, or start from a preset.' };
  return { problem: drafts.length === 0 ? empty : null, rows };
}

/** An input of a layer. */
interface Source {
  name: string;
  shape: Shape;
  field: Field;
}

/** The layer's inputs; none when one of them is not known. */
function sourcesOfLayer(indices: readonly number[], rows: readonly Row[], start: Source): Source[] {
  const sources = indices.flatMap((index): Source[] => {
    if (index === inputIndex) return [start];
    const { figures, field } = rows[index] ?? {};
    return figures && field ? [{ name: figures.name, shape: figures.outputShape, field }] : [];
  });
  return sources.length === indices.length ? sources : [];
}

/** All layers above one, nearest first. */
function* upstreamOf(
  index: number,
  indices: readonly number[][],
  drafts: readonly Draft[],
  rows: readonly Row[],
): Generator<Above> {
  const seen = new Set<number>();
  for (const open = [...(indices[index] ?? [])]; open.length > 0;) {
    const next = open.shift();
    if (next === undefined || seen.has(next)) continue;
    seen.add(next);
    open.push(...(indices[next] ?? []));
    const layer = drafts[next]?.layer;
    const figures = rows[next]?.figures;
    if (layer && figures) yield { layer, input: firstOf(figures.inputShape), output: figures.outputShape };
  }
}

const firstOf = (shapes: Shape | Shape[]): Shape => (Array.isArray(shapes[0]) ? shapes[0] : shapes) as Shape;

function figuresOf(
  layer: Layer,
  sources: readonly Source[],
  output: Shape,
  receptiveField: ReceptiveField,
): LayerFigures {
  const shapes = sources.map((source) => source.shape);
  const input = shapes[0] ?? [0];
  return {
    name: layer.name,
    kind: layer.kind,
    inputShape: layer.kind === 'add' || layer.kind === 'concat' ? shapes : input,
    outputShape: output,
    ...parametersOf(layer, input, output),
    macs: multiplyAccumulatesOf(layer, input, output),
    receptiveField,
  };
}
