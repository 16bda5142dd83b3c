/** The shipped EfficientNet-Lite0 as it lies in resources/backbone: its layers, and its weights as float32. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ReceptiveError } from '../../shared/errors.ts';

export const backboneFolder = fileURLToPath(new URL('../../../resources/backbone', import.meta.url));

const pair = z.tuple([z.number(), z.number()]);
const padding = z.enum(['same', 'valid']);
const inbound = z.array(z.array(z.tuple([z.string(), z.literal(0), z.literal(0), z.object({})])));
const withoutBias = { use_bias: z.literal(false), activation: z.literal('linear') };
const convolution = z.object({
  kernel_size: pair,
  strides: pair,
  padding,
  dilation_rate: z.tuple([z.literal(1), z.literal(1)]),
  ...withoutBias,
});
const layer = <K extends string, C extends z.ZodType>(class_name: K, config: C) =>
  z.object({ class_name: z.literal(class_name), name: z.string(), config, inbound_nodes: inbound });

/** The kinds of layers that lead to the features, with the fields that say what they compute. */
const layerSchema = z.discriminatedUnion('class_name', [
  layer('InputLayer', z.object({})),
  layer('Conv2D', convolution.extend({ groups: z.literal(1) })),
  layer('DepthwiseConv2D', convolution.extend({ depth_multiplier: z.literal(1) })),
  layer('BatchNormalization', z.object({ epsilon: z.number(), center: z.literal(true), scale: z.literal(true) })),
  layer('ReLU', z.object({ max_value: z.literal(6), negative_slope: z.literal(0), threshold: z.literal(0) })),
  layer('Add', z.object({})),
  layer('GlobalAveragePooling2D', z.object({ keepdims: z.literal(false) })),
  layer('Dense', z.object({})),
]);
export type BackboneLayer = z.output<typeof layerSchema>;

const modelSchema = z.object({
  modelTopology: z.object({ model_config: z.object({ config: z.object({ layers: z.array(layerSchema) }) }) }),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number()),
          quantization: z.object({ dtype: z.literal('float16') }),
        }),
      ),
    }),
  ),
});

export interface Weight {
  shape: number[];
  values: Float32Array;
}

/** Throws 'invalid-model' when the files are not those that Receptive came with. */
export function readBackbone(): { layers: BackboneLayer[]; weights: Map<string, Weight> } {
  try {
    const model = modelSchema.parse(JSON.parse(readFileSync(join(backboneFolder, 'model.json'), 'utf8')));
    const weights = new Map(model.weightsManifest.flatMap(readGroup));
    return { layers: model.modelTopology.model_config.config.layers, weights };
  } catch (error) {
    throw new ReceptiveError(
      'invalid-model',
      `The built-in network in ${backboneFolder} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      'Install Receptive again.',
    );
  }
}

function readGroup({ paths, weights }: z.output<typeof modelSchema>['weightsManifest'][number]): [string, Weight][] {
  const bytes = Buffer.concat(paths.map((path) => readFileSync(join(backboneFolder, basename(path)))));
  const sizes = weights.map(({ shape }) => shape.reduce((product, length) => product * length, 1));
  const numbers = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== 2 * numbers) throw new Error(`its weights are ${bytes.length} bytes instead of ${2 * numbers}`);
  const halves = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  let start = 0;
  return weights.map(({ name, shape }, index) => {
    const values = Float32Array.from(halves.subarray(start, (start += sizes[index]!)), fromHalf);
    return [name, { shape, values }];
  });
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of mantissa. */
function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
