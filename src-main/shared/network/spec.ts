/**
 * The network JSON, as zod schemas: one strict object a layer kind, with the defaults that the format promises.
 * Every pair is [height, width]; a single number stands for both.
 */
import { z } from 'zod';

const whole = z.number().int();
const positive = whole.min(1);
/** Cells at [[top, bottom], [left, right]]. */
export type Sides = [Pair, Pair];
const share = z.number().min(0).lt(1);

const pair = (item: z.ZodNumber) => z.union([item.transform((n): [number, number] => [n, n]), z.tuple([item, item])]);

const size = pair(positive);
const padding = z.union([z.literal('valid'), z.literal('same'), pair(whole.min(0))]);
const side = whole.min(0);
/** [[top, bottom], [left, right]]; a pair stands for the same on both sides of each axis, a number for all four. */
const sides = z.union([
  side.transform((n): Sides => [
    [n, n],
    [n, n],
  ]),
  z.tuple([side, side]).transform(([h, w]): Sides => [
    [h, h],
    [w, w],
  ]),
  z.tuple([z.tuple([side, side]), z.tuple([side, side])]),
]);

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

/** Slope of leakyRelu below 0: that of Keras' and tfjs' LeakyReLU layer (Keras' function of that name has 0.2). */
export const leakyReluSlope = 0.3;

export const interpolations = ['nearest', 'bilinear'] as const;

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
  separableConv2d: z.strictObject({
    ...oneInput,
    kind: z.literal('separableConv2d'),
    filters: positive,
    kernelSize: size,
    strides: size.default([1, 1]),
    padding: padding.default('valid'),
    depthMultiplier: positive.default(1),
    useBias: z.boolean().default(true),
  }),
  conv2dTranspose: z.strictObject({
    ...oneInput,
    kind: z.literal('conv2dTranspose'),
    filters: positive,
    kernelSize: size,
    strides: size.default([1, 1]),
    padding: padding.default('valid'),
    useBias: z.boolean().default(true),
  }),
  upSampling2d: z.strictObject({
    ...oneInput,
    kind: z.literal('upSampling2d'),
    size: size.default([2, 2]),
    interpolation: z.enum(interpolations).default('nearest'),
  }),
  zeroPadding2d: z.strictObject({
    ...oneInput,
    kind: z.literal('zeroPadding2d'),
    padding: sides.default([
      [1, 1],
      [1, 1],
    ]),
  }),
  cropping2d: z.strictObject({
    ...oneInput,
    kind: z.literal('cropping2d'),
    cropping: sides.default([
      [0, 0],
      [0, 0],
    ]),
  }),
  batchNorm: z.strictObject({
    ...oneInput,
    kind: z.literal('batchNorm'),
    momentum: share.default(0.9),
    epsilon: z.number().positive().default(0.001),
  }),
  layerNorm: z.strictObject({
    ...oneInput,
    kind: z.literal('layerNorm'),
    epsilon: z.number().positive().default(0.001),
  }),
  groupNorm: z.strictObject({
    ...oneInput,
    kind: z.literal('groupNorm'),
    groups: positive.default(32),
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
  layerSchemas.separableConv2d,
  layerSchemas.conv2dTranspose,
  layerSchemas.upSampling2d,
  layerSchemas.zeroPadding2d,
  layerSchemas.cropping2d,
  layerSchemas.batchNorm,
  layerSchemas.layerNorm,
  layerSchemas.groupNorm,
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
