/** Everything there is to know of a network without running it. */
export { checkNetwork, describeDraft, describeNetwork } from './describe.ts';
export type { LayerDescription, LayerFigures, NetworkDescription, Totals } from './describe.ts';
export type { Overrides } from './draft.ts';
export { inputsOf, layersInUse, topologicalOrder } from './graph.ts';
export { parseNetwork } from './parse.ts';
export { presetNames, presets } from './presets/index.ts';
export { pairText, shapeText } from './problem.ts';
export type { Problem } from './problem.ts';
export type { ReceptiveField } from './receptive.ts';
export { resolvePadding, transposedCut, windowOf, windowOutput } from './shapes.ts';
export type { ExplicitPadding, SlidingWindow } from './shapes.ts';
