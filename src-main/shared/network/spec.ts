/**
 * The network JSON, as zod schemas: one strict object a layer kind, with the defaults that the format promises.
 * Every pair is [height, width]; a single number stands for both.
 */
import { z } from 'zod';

const whole = z.number().int();
const positive = whole.min(1);
const share = z.number().min(0).lt(1);

const pair = (item: z.ZodNumber) => z.union([item.transform((n): [number, number] => [n, n]), z.tuple([item, item])]);

const size = pair(positive);
const padding = z.union([z.literal('valid'), z.literal('same'), pair(whole.min(0))]);

/** A layer's name becomes part of tensor names (`conv1/output`), so it keeps to what those allow. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'use letters, digits, "_", "-" and ".", starting with a letter or a digit');

const base = { name, from: z.array(z.string()).min(1).optional() };
const oneInput = { name, from: z.array(z.string()).length(1).optional() };

const poolFields = { poolSize: size, strides: size.optional(), padding: padding.default('valid') };

export const activationFunctions = [
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'gelu',
  'silu',
  'sigmoid',
  'tanh',
  'linear',
] as const;

export const layerSchemas = {
  conv2d: z.strictObject({
    ...oneInput,
    kind: z.literal('conv2d'),
    filters: positive,
    kernelSize: size,
    strides: size.default([1, 1]),
    padding: padding.default('valid'),
    dilationRate: size.default([1, 1]),
    useBias: z.boolean().default(true),
  }),
  depthwiseConv2d: z.strictObject({
    ...oneInput,
    kind: z.literal('depthwiseConv2d'),
    kernelSize: size,
    strides: size.default([1, 1]),
    padding: padding.default('valid'),
    depthMultiplier: positive.default(1),
    useBias: z.boolean().default(true),
  }),
  batchNorm: z.strictObject({
    ...oneInput,
    kind: z.literal('batchNorm'),
    momentum: share.default(0.9),
    epsilon: z.number().positive().default(0.001),
  }),
  activation: z.strictObject({ ...oneInput, kind: z.literal('activation'), function: z.enum(activationFunctions) }),
  maxPool: z.strictObject({ ...oneInput, kind: z.literal('maxPool'), ...poolFields }),
  avgPool: z.strictObject({ ...oneInput, kind: z.literal('avgPool'), ...poolFields }),
  globalAvgPool: z.strictObject({ ...oneInput, kind: z.literal('globalAvgPool') }),
  globalMaxPool: z.strictObject({ ...oneInput, kind: z.literal('globalMaxPool') }),
  flatten: z.strictObject({ ...oneInput, kind: z.literal('flatten') }),
  dense: z.strictObject({
    ...oneInput,
    kind: z.literal('dense'),
    units: z.union([positive, z.literal('classes')]),
    useBias: z.boolean().default(true),
  }),
  dropout: z.strictObject({ ...oneInput, kind: z.literal('dropout'), rate: share }),
  add: z.strictObject({ ...base, kind: z.literal('add') }),
  concat: z.strictObject({ ...base, kind: z.literal('concat') }),
};

export type LayerKind = keyof typeof layerSchemas;
export const layerKinds = Object.keys(layerSchemas) as LayerKind[];

export const layerSchema = z.discriminatedUnion('kind', [
  layerSchemas.conv2d,
  layerSchemas.depthwiseConv2d,
  layerSchemas.batchNorm,
  layerSchemas.activation,
  layerSchemas.maxPool,
  layerSchemas.avgPool,
  layerSchemas.globalAvgPool,
  layerSchemas.globalMaxPool,
  layerSchemas.flatten,
  layerSchemas.dense,
  layerSchemas.dropout,
  layerSchemas.add,
  layerSchemas.concat,
]);

export const inputSchema = z.strictObject({ size, channels: positive });
export const networkSchema = z.strictObject({ input: inputSchema, layers: z.array(layerSchema) });

/** A pair [height, width], in pixels or cells. */
export type Pair = [number, number];
export type Padding = 'valid' | 'same' | Pair;
/** One layer with every default filled in. */
export type Layer = z.output<typeof layerSchema>;
export type LayerOf<K extends LayerKind> = Extract<Layer, { kind: K }>;
/** A network with every default filled in; what files hold is `z.input` of the same schema. */
export type Network = z.output<typeof networkSchema>;
export type NetworkJson = z.input<typeof networkSchema>;
/** [height, width, channels] for maps, [units] for vectors. */
export type Shape = [number, number, number] | [number];
